"""An event as clients see it.

Documented under "event resource type".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.servers.microsoft.graph import bodies, extended, zones
from tests.servers.microsoft.graph.call import Call
from tests.servers.microsoft.graph.filters import Read
from tests.servers.microsoft.graph.listing import selected
from tests.servers.microsoft.graph.mailboxes import Attendee, Event, wire_id
from tests.servers.microsoft.graph.scopes import WITHOUT_CONTENT, basic_only
from tests.servers.microsoft.graph.zones import NEVER, stamp, written

FILTERED: Mapping[str, tuple[Read, Read]] = {
    "id": (lambda event: wire_id(event.id), str),
    "subject": (lambda event: event.fields.get("subject") or "", str),
    "iCalUId": (lambda event: event.uid, str),
    "showAs": (lambda event: event.fields.get("showAs", "busy"), str),
    "isCancelled": (lambda event: event.cancelled, lambda text: text == "true"),
    "isOrganizer": (lambda event: event.own, lambda text: text == "true"),
    "isAllDay": (lambda event: event.fields.get("isAllDay", False), lambda text: text == "true"),
    "start/dateTime": (lambda event: event.start, lambda text: zones.boundary(text, "start", zones.zone("UTC"))),
    "end/dateTime": (lambda event: event.end, lambda text: zones.boundary(text, "end", zones.zone("UTC"))),
    "createdDateTime": (lambda event: event.created, zones.moment),
    "lastModifiedDateTime": (lambda event: event.modified, zones.moment),
}


def event_json(event: Event, call: Call, base: str, known: frozenset[str] | None) -> dict[str, Any]:
    """Write an event as a call wants it: its zone, its form of ids, its choice of properties."""
    whole = _whole(event, call, base)
    if basic_only(call.access.scopes):
        whole = {name: value for name, value in whole.items() if name not in WITHOUT_CONTENT}
    chosen = selected(call, whole, known)
    if clause := call.parameter("$expand"):
        found = extended.expanded(event.extended, clause)
        if found and not basic_only(call.access.scopes):
            chosen["singleValueExtendedProperties"] = found
    return chosen


def _whole(event: Event, call: Call, base: str) -> dict[str, Any]:
    fields = event.fields
    subject = fields.get("subject") or ""
    location = {"displayName": "", "locationType": "default"} | fields.get("location", {})
    own = wire_id(event.id, immutable=call.immutable)
    return {
        "@odata.etag": event.etag,
        "id": own,
        "createdDateTime": stamp(event.created),
        "lastModifiedDateTime": stamp(event.modified),
        "changeKey": event.change_key,
        "categories": fields.get("categories", []),
        "transactionId": event.transaction,
        "originalStartTimeZone": event.zones[0],
        "originalEndTimeZone": event.zones[1],
        "iCalUId": event.uid,
        "reminderMinutesBeforeStart": fields.get("reminderMinutesBeforeStart", 15),
        "isReminderOn": fields.get("isReminderOn", True),
        "hasAttachments": False,
        "subject": f"Canceled: {subject}" if event.cancelled and not event.own else subject,
        "bodyPreview": bodies.preview(fields.get("body")),
        "importance": fields.get("importance", "normal"),
        "sensitivity": fields.get("sensitivity", "normal"),
        "isAllDay": fields.get("isAllDay", False),
        "isCancelled": event.cancelled,
        "isOrganizer": event.own,
        "responseRequested": fields.get("responseRequested", True),
        "seriesMasterId": wire_id(event.series, immutable=call.immutable) if event.series else None,
        "showAs": fields.get("showAs", "busy"),
        "type": "seriesMaster" if event.recurrence else "occurrence" if event.series else "singleInstance",
        "webLink": f"{base}/owa/?itemid={own}&exvsurl=1&path=/calendar/item",
        "onlineMeetingUrl": None,
        "isOnlineMeeting": event.join_url is not None,
        "onlineMeetingProvider": "teamsForBusiness" if event.join_url else "unknown",
        "allowNewTimeProposals": fields.get("allowNewTimeProposals", True),
        "isDraft": False,
        "hideAttendees": fields.get("hideAttendees", False),
        "recurrence": event.recurrence,
        "responseStatus": {"response": event.response, "time": _time(event.responded)},
        "body": bodies.shown(fields.get("body"), event.join_url, as_text=call.as_text),
        "start": written(event.start, call.zone_name),
        "end": written(event.end, call.zone_name),
        "location": location,
        "locations": [location] if location["displayName"] else [],
        "attendees": [_attendee(it, call.zone_name) for it in event.attendees],
        "organizer": {"emailAddress": {"name": event.organizer[1], "address": event.organizer[0]}},
        "onlineMeeting": {"joinUrl": event.join_url} if event.join_url else None,
    }


def _attendee(attendee: Attendee, zone: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": attendee.type,
        "status": {"response": attendee.response, "time": _time(attendee.time)},
        "emailAddress": {"name": attendee.name, "address": attendee.address},
    }
    if attendee.proposed:
        start, end = attendee.proposed
        found["proposedNewTime"] = {"start": written(start, zone), "end": written(end, zone)}
    return found


def _time(at: datetime | None) -> str:
    return stamp(at) if at else NEVER
