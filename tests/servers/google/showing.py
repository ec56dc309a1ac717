"""An event as its reader sees it: whose copy it is, in whose zone, with how much of it."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from tests.servers.google.asking import Ask
from tests.servers.google.documents import Json
from tests.servers.google.times import shown
from tests.servers.google.world import Calendar, Version

OPEN = ("status", "created", "updated", "start", "end", "transparency", "eventType", "iCalUID", "sequence")
"""What is left of an event for somebody who may only know when it is."""


def event_for(ask: Ask, calendar: Calendar, event: str, version: Version) -> Json:
    """Write an event for whoever asks."""
    zone = ask.get("timeZone") or calendar.zone
    data = version.data
    head = {"kind": "calendar#event", "etag": version.etag, "id": event}
    times = {name: shown(data[name], zone) for name in ("start", "end", "originalStartTime") if name in data}
    if _hidden(ask, calendar, data):
        return head | {key: data[key] for key in OPEN if key in data} | times | {"visibility": "private"}
    copy = head | {key: value for key, value in data.items() if key != "conference"} | times
    copy["htmlLink"] = f"https://www.google.com/calendar/event?eid={_eid(event, calendar.id)}"
    for role in ("creator", "organizer"):
        copy[role] = _with_self(data[role], calendar.id)
    if data.get("attendees"):
        copy |= _attendees(data, calendar.id, ask.get("maxAttendees"))
    return copy


def gone(event: str, version: Version) -> Json:
    """Write a deleted event as incremental synchronisation does."""
    return {"kind": "calendar#event", "etag": version.etag, "id": event, "status": "cancelled"}


def _hidden(ask: Ask, calendar: Calendar, data: Json) -> bool:
    role = ask.role(calendar)
    private = data.get("visibility") in {"private", "confidential"}
    return ask.only_times or role == "freeBusyReader" or (private and role == "reader")


def _attendees(data: Json, me: str, most: int | None) -> Json:
    people: Sequence[Json] = data["attendees"]
    if most is not None and len(people) > most:
        mine = [each for each in people if each["email"] == me]
        return {"attendees": [_attendee(each, data, me) for each in mine], "attendeesOmitted": True}
    return {"attendees": [_attendee(each, data, me) for each in people]}


def _attendee(person: Json, data: Json, me: str) -> Json:
    organizer = {"organizer": True} if person["email"] == data["organizer"]["email"] else {}
    return _with_self(person, me) | organizer


def _with_self(person: Json, me: str) -> Json:
    return person | ({"self": True} if person["email"] == me else {})


def _eid(event: str, calendar: str) -> str:
    return urlsafe_b64encode(f"{event} {calendar}".encode()).rstrip(b"=").decode()
