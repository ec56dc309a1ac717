"""What an event may say, beyond the shape of its fields, and what it becomes when somebody writes it."""

from __future__ import annotations

import re
from typing import Any

from tests.servers.google.asking import Ask
from tests.servers.google.conference import with_conference
from tests.servers.google.documents import Json
from tests.servers.google.errors import Refusal, invalid, required
from tests.servers.google.recurrence import check_rules
from tests.servers.google.times import check_times, moment, stamped
from tests.servers.google.world import Calendar

ID = re.compile(r"[a-v0-9]{5,1024}")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
WRITTEN_BY_GOOGLE = (
    "kind",
    "etag",
    "id",
    "htmlLink",
    "created",
    "updated",
    "creator",
    "organizer",
    "hangoutLink",
    "locked",
)
UNCHANGING = ("eventType", "iCalUID", "recurringEventId", "originalStartTime", "privateCopy")
SPECIAL = frozenset({"focusTime", "outOfOffice", "workingLocation"})


def new_event(ask: Ask, calendar: Calendar, event: str) -> Json:
    """Give what is stored for an event that is inserted."""
    body = without_nulls(ask.body)
    head = {
        "status": "confirmed",
        "created": stamped(ask.world.now()),
        "creator": _person(ask.account.email, ask.account.name),
        "organizer": _person(calendar.id, "" if calendar.primary else calendar.data["summary"]),
        "iCalUID": f"{event}@google.com",
        "sequence": 0,
        "reminders": {"useDefault": True},
        "eventType": "default",
    }
    data = head | {key: value for key, value in body.items() if key not in WRITTEN_BY_GOOGLE}
    return _settled(ask, calendar, data, {})


def replaced(ask: Ask, calendar: Calendar, before: Json) -> Json:
    """Give what PUT makes of an event: what the body does not name is gone, save what Google writes itself."""
    body = without_nulls(ask.body)
    stays = {key: before[key] for key in (*WRITTEN_BY_GOOGLE, *UNCHANGING, "sequence") if key in before}
    defaults = {"status": "confirmed", "reminders": {"useDefault": True}}
    return _settled(ask, calendar, _changed(stays | defaults, body, before), before)


def patched(ask: Ask, calendar: Calendar, before: Json) -> Json:
    """Give what PATCH makes of an event: objects are merged, lists replaced, null takes away."""
    return _settled(ask, calendar, _changed(merged(before, ask.body), {}, before), before)


def _changed(base: Json, body: Json, before: Json) -> Json:
    data = base | body
    for key in UNCHANGING:
        if data.get(key) != before.get(key):
            raise invalid(f"{key} cannot be changed.", key)
    return data | {key: before[key] for key in WRITTEN_BY_GOOGLE if key in before}


def merged(before: Any, patch: Any) -> Any:
    """Merge as PATCH does."""
    if not isinstance(before, dict) or not isinstance(patch, dict):
        return patch
    changed = {key: merged(before.get(key), value) for key, value in patch.items() if value is not None}
    changed = {key: without_nulls(value) for key, value in changed.items()}
    return {key: value for key, value in before.items() if patch.get(key, ...) is not None} | changed


def without_nulls(value: Any) -> Any:
    """Take away what is null."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return value


def _settled(ask: Ask, calendar: Calendar, data: Json, before: Json) -> Json:
    """Check an event and fill in what follows from the rest."""
    data = {key: value for key, value in data.items() if key not in {"kind", "etag", "id"}}
    for end in ("start", "end"):
        data[end] = {key: value for key, value in data.get(end, {}).items() if value is not None}
    check_times(data, calendar.zone)
    check_rules(data, calendar.zone)
    _check_kind(calendar, data)
    _check_size(data)
    if "attendees" in data:
        data["attendees"] = _attendees(data["attendees"])
    if before:
        data = _numbered(data, before, calendar, ask)
    state, version = ask.world.settings.conference, ask.get("conferenceDataVersion", 0)
    return with_conference(data, before, ask.body, version, state)


def _attendees(people: list[Json]) -> list[Json]:
    if any("email" not in person for person in people):
        raise required("attendee email")
    if any(not ADDRESS.fullmatch(person["email"]) for person in people):
        raise invalid("Invalid attendee email.")
    return [
        {"responseStatus": "needsAction"}
        | {key: value for key, value in person.items() if key not in {"self", "organizer"} and value is not None}
        for person in people
    ]


def _numbered(data: Json, before: Json, calendar: Calendar, ask: Ask) -> Json:
    """Count a change of time up, and ask anew who was asked, where Google is set to."""
    given, had = data.get("sequence", before["sequence"]), before["sequence"]
    if given < had:
        raise invalid(
            "Invalid sequence value. The specified sequence number is below the current sequence number of the "
            "resource."
        )
    moved = any(moment(data[end], calendar.zone) != moment(before[end], calendar.zone) for end in ("start", "end"))
    data["sequence"] = max(given, had + 1) if moved else given
    if moved and ask.world.settings.time_change_resets_answers:
        data["attendees"] = [person | {"responseStatus": "needsAction"} for person in data.get("attendees", ())]
    return data


def _check_kind(calendar: Calendar, data: Json) -> None:
    kind = data["eventType"]
    if kind == "fromGmail":
        raise invalid("Event type cannot be created.", "eventType", "eventTypeRestriction", "calendar")
    if kind in SPECIAL and not calendar.primary:
        raise invalid("Event type is only for primary calendars.", "eventType", "eventTypeRestriction", "calendar")
    if kind == "workingLocation" and (data.get("transparency"), data.get("visibility")) != ("transparent", "public"):
        raise invalid("Working locations are public and transparent.", "eventType", "malformedWorkingLocationEvent")
    if kind == "birthday" and (data.get("transparency"), data.get("visibility")) != ("transparent", "private"):
        raise invalid("Birthdays are private and transparent.", "eventType")
    if kind in {"focusTime", "outOfOffice"} and "date" in data["start"]:
        raise invalid(
            "Focus time and out of office take no whole days.", "eventType", "eventTypeRestriction", "calendar"
        )
    if kind not in SPECIAL and any(f"{each}Properties" in data for each in SPECIAL):
        raise invalid("Properties of another event type.", "eventType")


def _check_size(data: Json) -> None:
    """Refuse what is too much: "Extended properties" in the Calendar API guides, and the reference of Events."""
    if len(data.get("reminders", {}).get("overrides", ())) > 5:
        raise invalid("The maximum number of override reminders is 5.", "reminders")
    for kind in ("private", "shared"):
        properties = data.get("extendedProperties", {}).get(kind, {})
        if len(properties) > 300 or any(len(key) > 44 or len(value) > 1024 for key, value in properties.items()):
            raise Refusal(400, "invalid", "Extended properties are too many, too long, or their names are.")


def _person(email: str, name: str) -> Json:
    return {"email": email} | ({"displayName": name} if name else {})
