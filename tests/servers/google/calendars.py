"""Calendar API v3, ``calendars`` and ``calendarList``: make one, name it, find those in one's list."""

from __future__ import annotations

import hashlib
import json
import secrets

from tests.servers.google.asking import Ask, handles
from tests.servers.google.content import merged, without_nulls
from tests.servers.google.documents import Json
from tests.servers.google.errors import Refusal, duplicate, invalid, not_found
from tests.servers.google.times import zone
from tests.servers.google.world import Calendar

WRITABLE = ("summary", "description", "location", "timeZone")
LIST_WRITABLE = (
    "summaryOverride", "colorId", "hidden", "selected", "defaultReminders", "notificationSettings", "backgroundColor",
    "foregroundColor",
)  # fmt: skip


@handles("calendar.calendars.get")
def get(ask: Ask) -> Json:
    calendar = ask.calendar("reader")
    ask.same(_etag(calendar.data))
    return _calendar(calendar)


@handles("calendar.calendars.insert")
def insert(ask: Ask) -> Json:
    """Make a secondary calendar; it is in its owner's list from the start."""
    ask.refuse_read_only()
    body = without_nulls(ask.body)
    calendar = Calendar(
        id=f"{secrets.token_hex(32)}@group.calendar.google.com",
        owner=ask.account.email,
        data={"timeZone": "UTC"} | _writable(body),
        made_by=ask.client or None,
    )
    zone(calendar.zone)
    calendar.listed[ask.account.email] = {"selected": True}
    ask.world.calendars[calendar.id] = calendar
    return _calendar(calendar)


@handles("calendar.calendars.patch")
def patch(ask: Ask) -> Json:
    calendar = ask.calendar("owner")
    ask.match(_etag(calendar.data))
    ask.refuse_read_only()
    changed = merged(calendar.data, _writable(ask.body))
    if not changed.get("summary") or not changed.get("timeZone"):
        raise invalid("A calendar has a summary and a time zone.", "summary")
    zone(changed["timeZone"])
    calendar.data = changed
    return _calendar(calendar)


@handles("calendar.calendars.delete")
def delete(ask: Ask) -> None:
    calendar = ask.calendar("owner")
    if calendar.primary:
        raise Refusal(400, "cannotDeletePrimaryCalendar", "A primary calendar cannot be deleted.", "calendar")
    del ask.world.calendars[calendar.id]


@handles("calendar.calendarList.list")
def list_entries(ask: Ask) -> Json:
    for name in ("syncToken", "pageToken"):
        if name in ask.parameters:
            raise invalid(f"Invalid {name} value.", name)
    items = [_entry(ask, each) for each in ask.world.calendars_of(ask.account.email)]
    shown = [each for each in items if ask.get("showHidden") or not each.get("hidden")]
    return {"kind": "calendar#calendarList", "etag": _etag({"items": shown}), "items": shown}


@handles("calendar.calendarList.get")
def get_entry(ask: Ask) -> Json:
    entry = _entry(ask, _listed(ask))
    ask.same(entry["etag"])
    return entry


@handles("calendar.calendarList.insert")
def insert_entry(ask: Ask) -> Json:
    """Put a calendar that one may read, or see the times of, into one's list."""
    ask.parameters["calendarId"] = ask.body["id"]
    calendar = ask.calendar("freeBusyReader")
    ask.refuse_read_only()
    if ask.account.email in calendar.listed:
        raise duplicate()
    calendar.listed[ask.account.email] = {key: value for key, value in ask.body.items() if key in LIST_WRITABLE}
    return _entry(ask, calendar)


@handles("calendar.calendarList.patch")
def patch_entry(ask: Ask) -> Json:
    calendar = _listed(ask)
    ask.match(_entry(ask, calendar)["etag"])
    ask.refuse_read_only()
    wanted = {key: value for key, value in ask.body.items() if key in LIST_WRITABLE}
    calendar.listed[ask.account.email] = merged(calendar.listed[ask.account.email], wanted)
    return _entry(ask, calendar)


@handles("calendar.calendarList.delete")
def delete_entry(ask: Ask) -> None:
    calendar = _listed(ask)
    if calendar.id == ask.account.email:
        raise invalid("A primary calendar stays in the list.", "calendarId")
    del calendar.listed[ask.account.email]


def _listed(ask: Ask) -> Calendar:
    calendar = ask.calendar("freeBusyReader")
    if ask.account.email not in calendar.listed:
        raise not_found()
    return calendar


def _writable(body: Json) -> Json:
    return {key: value for key, value in body.items() if key in WRITABLE}


def _calendar(calendar: Calendar) -> Json:
    head = {"kind": "calendar#calendar", "etag": _etag(calendar.data), "id": calendar.id}
    owner = {} if calendar.primary else {"dataOwner": calendar.owner}
    return head | calendar.data | owner | {"conferenceProperties": {"allowedConferenceSolutionTypes": ["hangoutsMeet"]}}


def _entry(ask: Ask, calendar: Calendar) -> Json:
    own = calendar.listed[ask.account.email]
    data = calendar.data | own | {"accessRole": ask.role(calendar)}
    if calendar.primary and calendar.owner == ask.account.email:
        data["primary"] = True
    return {"kind": "calendar#calendarListEntry", "etag": _etag(data), "id": calendar.id} | data


def _etag(data: Json) -> str:
    return f'"{hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]}"'
