"""What a client wants an event to be: the body of a create or an update, read and refused where Outlook refuses.

Documented under "Create event" and "Update event". Stricter than the service in one thing: properties that only the
service sets are refused here, and ignored there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tests.servers.microsoft.graph import bodies, extended, series, zones
from tests.servers.microsoft.graph.errors import GraphError, bad_request
from tests.servers.microsoft.graph.mailboxes import Attendee, Event

KEPT = frozenset(
    {
        "subject",
        "body",
        "location",
        "categories",
        "importance",
        "sensitivity",
        "isAllDay",
        "showAs",
        "isReminderOn",
        "reminderMinutesBeforeStart",
        "responseRequested",
        "allowNewTimeProposals",
        "hideAttendees",
    }
)
SETTABLE = KEPT | frozenset(
    {
        "start",
        "end",
        "attendees",
        "transactionId",
        "recurrence",
        "isOnlineMeeting",
        "onlineMeetingProvider",
        "singleValueExtendedProperties",
    }
)
ATTENDEES_MAY = frozenset(
    {
        "categories",
        "showAs",
        "isReminderOn",
        "reminderMinutesBeforeStart",
        "singleValueExtendedProperties",
        "sensitivity",
    }
)
"""What an attendee may change in a copy; the rest is the organiser's."""
SHOWN_ALIKE = frozenset(
    {
        "subject",
        "body",
        "location",
        "importance",
        "sensitivity",
        "isAllDay",
        "allowNewTimeProposals",
        "hideAttendees",
    }
)
"""What attendees' copies have from the organiser."""


def check(body: Mapping[str, Any], event: Event | None) -> None:
    """Refuse what may not be set, on a new event (``None``) or on one there is."""
    for name in body:
        if name not in SETTABLE:
            raise bad_request(f"The property '{name}' is read-only and cannot be set.", "ErrorInvalidPropertySet")
    if event is None:
        for name in ("start", "end"):
            if not body.get(name):
                raise bad_request(f"Property '{name}' is required.", "ErrorPropertyValidationFailure")
        return
    if "transactionId" in body and body["transactionId"] != event.transaction:
        raise bad_request("The property 'transactionId' cannot be changed.", "ErrorInvalidPropertySet")
    for name in ("start", "end"):
        if name in body and not body[name]:
            raise bad_request(f"Property '{name}' cannot be taken away.", "ErrorPropertyValidationFailure")
    if event.series:
        raise GraphError(501, "NotImplemented", "This double does not change single occurrences.")
    if not event.own and (more := set(body) - ATTENDEES_MAY):
        raise GraphError(403, "ErrorAccessDenied", f"Only the organizer can change: {', '.join(sorted(more))}.")


def apply(body: Mapping[str, Any], event: Event) -> None:
    """Give an event the properties of a checked body, or raise and leave it as it was."""
    start, end, named = _times(body, event)
    all_day = body.get("isAllDay", event.fields.get("isAllDay", False))
    if all_day:
        _check_days(start, end, named)
    if end < start:
        raise bad_request(
            "The event's end is before its start.",
            "ErrorCalendarEndDateIsEarlierThanStartDate",
        )
    added = extended.read(body.get("singleValueExtendedProperties") or ())
    attendees = _attendees(body["attendees"] or (), event) if "attendees" in body else event.attendees
    if body.get("isOnlineMeeting") and body.get("onlineMeetingProvider", "teamsForBusiness") != "teamsForBusiness":
        raise bad_request("The online meeting provider is not allowed for this calendar.", "ErrorInvalidRequest")
    recurrence = body.get("recurrence", event.recurrence)
    if recurrence:
        series.check(recurrence, start, named[0])
    event.start, event.end, event.zones, event.recurrence = start, end, named, recurrence
    event.attendees = attendees
    event.extended |= added
    given = {name: value for name, value in body.items() if name in KEPT}
    event.fields = {name: value for name, value in (event.fields | given).items() if value is not None}
    if "body" in body and event.join_url and not bodies.keeps_meeting(body["body"], event.join_url):
        event.join_url = None
    elif body.get("isOnlineMeeting") and event.join_url is None:
        event.join_url = f"https://teams.microsoft.com/l/meetup-join/19%3ameeting_{event.uid[-32:]}%40thread.v2/0"


def _times(body: Mapping[str, Any], event: Event) -> tuple[datetime, datetime, tuple[str, str]]:
    start, end = body.get("start"), body.get("end")
    return (
        zones.instant(start) if start else event.start,
        zones.instant(end) if end else event.end,
        (start["timeZone"] if start else event.zones[0], end["timeZone"] if end else event.zones[1]),
    )


def _check_days(start: datetime, end: datetime, named: tuple[str, str]) -> None:
    local = [at.astimezone(zones.zone(name)) for at, name in zip((start, end), named, strict=True)]
    if any(at.timetz().replace(tzinfo=None).isoformat() != "00:00:00" for at in local) or start == end:
        raise bad_request(
            "The Event.Start and Event.End of an all-day event need to be midnight, at least a day apart.",
            "ErrorInvalidRequest",
        )


def _attendees(wanted: Any, event: Event) -> list[Attendee]:
    found: list[Attendee] = []
    for it in wanted:
        address = (it.get("emailAddress") or {}).get("address") or ""
        if "@" not in address:
            raise bad_request(f"At least one recipient isn't valid: '{address}'.", "ErrorInvalidRecipients")
        known = event.attendee(address)
        name = it["emailAddress"].get("name") or (known.name if known else address)
        kind = it.get("type") or "required"
        if known:
            found.append(Attendee(address, name, kind, known.response, known.time, known.proposed))
        else:
            found.append(Attendee(address, name, kind))
    return found


def nothing_yet() -> datetime:
    """Stand in for the times of an event that is just being made."""
    return datetime(1, 1, 1, tzinfo=UTC)
