"""Our own meetings as iCalendar: new for a mail or a calendar, or written over what stands in somebody's calendar."""

from __future__ import annotations

import re

from icalendar import Calendar, Event, vCalAddress

from agent.core.invitations import Attendee, Invitation
from agent.core.observation import Answer
from agent.ical.errors import NotCalendar

PRODUCT = "-//Attune//Attune//EN"

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
_OURS = ("DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "LOCATION", "SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "STATUS")
_NOT_OURS = ("DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")
"""What would contradict a single meeting from a start to an end."""


def calendar(invitation: Invitation, *, method: str | None = None) -> bytes:
    """Write one meeting as a calendar of its own, in UTC.

    ``method`` is "REQUEST" or "CANCEL" for mail and None for a calendar server, which is then told to send no
    invitations of its own (RFC 6638, section 7.1).
    """
    whole = Calendar()
    whole.add("VERSION", "2.0")
    whole.add("PRODID", PRODUCT)
    if method is not None:
        whole.add("METHOD", method)
    event = Event()
    event.add("UID", _line(invitation.uid))
    event.add("TRANSP", "OPAQUE")
    _say(event, invitation, "CANCELLED" if method == "CANCEL" else "CONFIRMED", invitation.sequence)
    event["ORGANIZER"] = _organizer(invitation.organizer, server=method is None)
    event["ATTENDEE"] = [_attendee(person, server=method is None) for person in invitation.attendees]
    whole.add_component(event)
    return bytes(whole.to_ical())


def rewritten(existing: bytes, invitation: Invitation) -> bytes:
    """Write a meeting's present time, text and participants over an earlier version of it from a calendar.

    Alarms, categories, comments, attendees and whatever else its owner added stay. Answers stay too, unless the
    sequence rises: a new time needs a new answer. The sequence never falls below the one found. Raises
    ``NotCalendar`` where the meeting cannot be found in what exists.
    """
    whole = _parsed(existing)
    event = _keep_one(whole, invitation.uid)
    sequence = _sequence(event)
    _say(event, invitation, "CONFIRMED", max(sequence, invitation.sequence))
    event["ORGANIZER"] = _organizer(invitation.organizer, server=True)
    event["ATTENDEE"] = _attendees(event, invitation, keep_answers=sequence >= invitation.sequence)
    whole.pop("METHOD", None)
    return bytes(whole.to_ical())


def _parsed(existing: bytes) -> Calendar:
    try:
        parsed = Calendar.from_ical(existing)
    except (ValueError, IndexError, KeyError) as error:
        raise NotCalendar("the event as it stands cannot be read") from error
    if not isinstance(parsed, Calendar):
        raise NotCalendar("the event as it stands is no calendar")
    return parsed


def _keep_one(whole: Calendar, uid: str) -> Event:
    """Find the meeting, and drop the exceptions that it has where somebody made a series of it."""
    found = [part for part in whole.events if str(part.get("UID", "")) == uid]
    if not found:
        raise NotCalendar("the event is not in its own file")
    kept = min(found, key=lambda part: "RECURRENCE-ID" in part)
    whole.subcomponents = [part for part in whole.subcomponents if part is kept or part not in found]
    return kept


def _sequence(event: Event) -> int:
    try:
        return int(event.get("SEQUENCE", 0))
    except (TypeError, ValueError):
        return 0


def _say(event: Event, invitation: Invitation, status: str, sequence: int) -> None:
    for name in (*_OURS, *_NOT_OURS):
        event.pop(name, None)
    event.add("DTSTART", invitation.span.starts_at)
    event.add("DTEND", invitation.span.ends_at)
    event.add("DTSTAMP", invitation.stamp)
    event.add("LAST-MODIFIED", invitation.stamp)
    event.add("SEQUENCE", sequence)
    event.add("STATUS", status)
    event.add("SUMMARY", _line(invitation.summary))
    if invitation.description:
        event.add("DESCRIPTION", _text(invitation.description))
    if invitation.location:
        event.add("LOCATION", _line(invitation.location))


def _organizer(person: Attendee, *, server: bool) -> vCalAddress:
    address = _address(person)
    if server:
        address.params["SCHEDULE-AGENT"] = "CLIENT"
    return address


def _attendee(person: Attendee, *, server: bool) -> vCalAddress:
    address = _organizer(person, server=server)
    address.params["ROLE"] = "REQ-PARTICIPANT"
    address.params["PARTSTAT"] = person.answer.value.upper()
    if person.answer is Answer.NONE:
        address.params["RSVP"] = "TRUE"
    return address


def _attendees(event: Event, invitation: Invitation, *, keep_answers: bool) -> list[vCalAddress]:
    """Our participants with the answers they gave, then those whom the owner added."""
    found = event.get("ATTENDEE", [])
    standing = {_key(str(old)): old for old in (found if isinstance(found, list) else [found])}
    listed = []
    for person in invitation.attendees:
        address = _attendee(person, server=True)
        old = standing.pop(_key(str(address)), None)
        answer = getattr(old, "params", {}).get("PARTSTAT")
        if keep_answers and answer:
            address.params["PARTSTAT"] = answer
        listed.append(address)
    return [*listed, *(old for old in standing.values() if old.params.get("SCHEDULE-AGENT") != "CLIENT")]


def _key(address: str) -> str:
    return address.strip().lower()


def _address(person: Attendee) -> vCalAddress:
    address = vCalAddress(f"mailto:{_line(person.email)}")
    address.params["CN"] = _line(person.name)
    return address


def _line(text: str) -> str:
    """A text for one line: a break in it would otherwise show as two lines, or escape into a property of its own."""
    return " ".join(_text(text).split())


def _text(text: str) -> str:
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
