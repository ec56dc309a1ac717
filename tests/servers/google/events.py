"""Calendar API v3, ``events``: get, insert, update, patch and delete, by the organiser and by a guest."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.servers.google.asking import Ask, handles
from tests.servers.google.changing import put
from tests.servers.google.content import ID, new_event, patched, replaced, without_nulls
from tests.servers.google.documents import Json
from tests.servers.google.errors import Refusal, deleted, duplicate, invalid, not_found, not_made, not_the_organizer
from tests.servers.google.invitations import SHARED, answer, send_out
from tests.servers.google.recurrence import instance, occurrences
from tests.servers.google.showing import event_for
from tests.servers.google.world import Calendar, Entry, Version

INSTANCE = re.compile(r"([a-v0-9]{5,1024})_(\d{8}(?:T\d{6}Z)?)")
GUESTS_OWN = ("attendees", "attendeesOmitted")
"""Shared fields in which a guest may change their own line."""


@handles("calendar.events.get")
def get(ask: Ask) -> Json:
    calendar = ask.calendar("freeBusyReader")
    if found := INSTANCE.fullmatch(ask.get("eventId")):
        return _instance(ask, calendar, *found.groups())
    entry = _entry(ask, calendar)
    ask.same(entry.now.etag)
    return event_for(ask, calendar, entry.id, entry.now)


@handles("calendar.events.insert")
def insert(ask: Ask) -> Json:
    calendar = ask.calendar("writer")
    ask.refuse_read_only()
    wanted = ask.body.get("id")
    if wanted is not None and ask.body.get("iCalUID") is not None:
        raise invalid("Only one of id and iCalUID may be given.")
    if wanted is not None and not ID.fullmatch(wanted):
        raise invalid("Invalid resource id value.", "id")
    event = wanted or secrets.token_hex(13)
    if event in calendar.entries:
        raise duplicate()
    return _write(ask, calendar, event, new_event(ask, calendar, event), {})


@handles("calendar.events.update")
def update(ask: Ask) -> Json:
    return _change(ask, replace=True)


@handles("calendar.events.patch")
def patch(ask: Ask) -> Json:
    return _change(ask, replace=False)


@handles("calendar.events.delete")
def delete(ask: Ask) -> None:
    calendar = ask.calendar("writer")
    entry = _entry(ask, calendar)
    if entry.now.cancelled:
        raise deleted()
    ask.match(entry.now.etag)
    if _organizes(calendar, entry):
        _write(ask, calendar, entry.id, entry.now.data | {"status": "cancelled"}, entry.now.data)
    else:
        _leave(ask, calendar, entry)


def _change(ask: Ask, *, replace: bool) -> Json:
    calendar = ask.calendar("writer")
    entry = _entry(ask, calendar)
    ask.match(entry.now.etag)
    _check_echoes(ask, calendar, entry)
    if ask.body.get("id") not in {None, entry.id}:
        raise invalid("The id in the body is not the one in the path.", "id")
    before = entry.now.data
    if not _organizes(calendar, entry):
        return _change_as_guest(ask, calendar, entry)
    after = (replaced if replace else patched)(ask, calendar, before)
    return _write(ask, calendar, entry.id, after, before)


def _write(ask: Ask, calendar: Calendar, event: str, after: Json, before: Json) -> Json:
    entry = put(ask.world, calendar, event, after)
    version = entry.now
    send_out(ask.world, calendar, event, before, _send_updates(ask))
    return event_for(ask, calendar, event, version)


def _send_updates(ask: Ask) -> str:
    """Read who is to be told; the older parameter means all or nobody."""
    if "sendUpdates" in ask.parameters and "sendNotifications" in ask.parameters:
        raise invalid("sendNotifications and sendUpdates exclude each other.", "sendNotifications")
    return str(ask.get("sendUpdates") or ("all" if ask.get("sendNotifications") else "none"))


def _change_as_guest(ask: Ask, calendar: Calendar, entry: Entry) -> Json:
    """Change a guest's copy: what is theirs alone, and their answer."""
    before, body = entry.now.data, without_nulls(ask.body)
    if any(body[key] != before.get(key) for key in SHARED if key in body and key not in GUESTS_OWN):
        raise not_the_organizer()
    people = before.get("attendees", [])
    if "attendees" in body:
        people = _answered(calendar, people, body)
    own = {
        key: value for key, value in ask.body.items() if key not in (*SHARED, "id", "kind", "etag", "attendeesOmitted")
    }
    if "extendedProperties" in own and (own["extendedProperties"] or {}).get("shared"):
        raise not_the_organizer()
    after = {key: value for key, value in (before | own).items() if value is not None} | {"attendees": people}
    version = put(ask.world, calendar, entry.id, after).now
    _send_answer(ask, calendar, entry, people)
    return event_for(ask, calendar, entry.id, version)


def _answered(calendar: Calendar, people: list[Json], body: Json) -> list[Json]:
    """Take a guest's own line over; the others' may only be left out if the guest says so."""
    theirs = {person["email"]: person for person in people}
    for person in body["attendees"]:
        had = theirs.get(person.get("email"))
        if had is None or (person["email"] != calendar.id and _differs(person, had)):
            raise not_the_organizer()
    if len(body["attendees"]) != len(people) and not body.get("attendeesOmitted"):
        raise not_the_organizer()
    mine: Json = next((person for person in body["attendees"] if person["email"] == calendar.id), {})
    mine = {key: value for key, value in mine.items() if key not in {"self", "organizer"}}
    return [person | mine if person["email"] == calendar.id else person for person in people]


def _differs(person: Json, had: Json) -> bool:
    return any(had.get(key) != value for key, value in person.items() if key not in {"self", "organizer"})


def _leave(ask: Ask, calendar: Calendar, entry: Entry) -> None:
    """Take a guest's copy away, which says no to the organiser."""
    data = entry.now.data
    people = [
        person | {"responseStatus": "declined"} if person["email"] == calendar.id else person
        for person in data.get("attendees", ())
    ]
    put(ask.world, calendar, entry.id, data | {"status": "cancelled", "attendees": people})
    _send_answer(ask, calendar, entry, people)


def _send_answer(ask: Ask, calendar: Calendar, entry: Entry, people: list[Json]) -> None:
    for person in people:
        if person["email"] == calendar.id:
            answer(ask.world, entry.now.data["organizer"]["email"], entry.id, person)


def _entry(ask: Ask, calendar: Calendar) -> Entry:
    name = ask.get("eventId")
    if ask.method.writes and INSTANCE.fullmatch(name):
        raise not_made("changes to single occurrences of a series")
    if name not in calendar.entries:
        raise not_found()
    return calendar.entries[name]


def _organizes(calendar: Calendar, entry: Entry) -> bool:
    return bool(entry.now.data["organizer"]["email"] == calendar.id)


def _instance(ask: Ask, calendar: Calendar, event: str, name: str) -> Json:
    entry = calendar.entries.get(event)
    if entry is None or not entry.now.data.get("recurrence"):
        raise not_found()
    near = datetime.strptime(name[:8], "%Y%m%d").replace(tzinfo=UTC)
    data, days = entry.now.data, timedelta(days=2)
    for begins, ends in occurrences(data, calendar.zone, near - days, near + days):
        made, own = instance(event, data, calendar.zone, begins, ends)
        if made == ask.get("eventId"):
            return event_for(ask, calendar, made, Version(entry.now.number, entry.now.at, own))
    raise not_found()


def _check_echoes(ask: Ask, calendar: Calendar, entry: Entry) -> None:
    """Let read-only fields pass that say what Google says; the guides tell clients to send back what they read."""
    shown = event_for(ask, calendar, entry.id, entry.now)
    for problem in ask.read_only:
        if problem.value != _at(shown, problem.path, ask.body):
            raise Refusal(400, "invalid", f"{problem}", location=problem.path)


def _at(shown: Json, path: str, body: Json) -> Any:
    """Find what Google says at a path; a guest is found by address, wherever in the list."""
    value: Any = shown
    for part in path.split("."):
        name, _, index = part.partition("[")
        value = value.get(name) if isinstance(value, dict) else None
        if index and isinstance(value, list):
            email = body[name][int(index.rstrip("]"))].get("email")
            value = next((each for each in value if each.get("email") == email), None)
    return value
