"""Free and busy of several people at once.

Documented under "calendar: getSchedule" and "Get free/busy schedule of Outlook calendar users and resources". Only the
main calendar of each counts; what an event is about is told to its owner alone.
"""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from tests.servers.microsoft.graph import series, zones
from tests.servers.microsoft.graph.call import Answer, Call
from tests.servers.microsoft.graph.errors import bad_request
from tests.servers.microsoft.graph.mailboxes import Event, Mailbox
from tests.servers.microsoft.graph.people import working_hours
from tests.servers.microsoft.world import World

MOST, LONGEST = 20, timedelta(days=62)
DIGIT = {"free": 0, "tentative": 1, "busy": 2, "oof": 3, "workingElsewhere": 4, "unknown": 2}
WEIGHT = {0: 0, 4: 1, 1: 2, 2: 3, 3: 4}
"""Which digit wins where two events overlap."""


async def get_schedule(world: World, call: Call) -> Answer:
    """``POST /me/calendar/getSchedule``."""
    said = {name.lower(): value for name, value in call.body().items()}
    addresses = said.get("schedules") or []
    if not 1 <= len(addresses) <= MOST:
        raise bad_request(f"Between 1 and {MOST} schedules can be asked for at once.", "ErrorInvalidParameter")
    if "starttime" not in said or "endtime" not in said:
        raise bad_request("startTime and endTime are required.", "ErrorInvalidParameter")
    start, end = zones.instant(said["starttime"]), zones.instant(said["endtime"])
    if not timedelta() < end - start < LONGEST:
        raise bad_request(
            "The requested time duration must be above nothing and less than 62 days.", "ErrorInvalidParameter"
        )
    step = said.get("availabilityviewinterval", 30)
    if not 5 <= step <= 1440:
        raise bad_request("The interval must be between 5 and 1440 minutes.", "ErrorInvalidParameter")
    values = [_information(world, call, address, start, end, timedelta(minutes=step)) for address in addresses]
    context = f"{world.base}/v1.0/$metadata#Collection(microsoft.graph.scheduleInformation)"
    return Answer(200, {"@odata.context": context, "value": values}, "scheduleInformation", call.applied())


def _information(
    world: World, call: Call, address: str, start: datetime, end: datetime, step: timedelta
) -> dict[str, Any]:
    mailbox = world.mailbox_of(address)
    if mailbox is None or mailbox.account.tenant != call.account.tenant:
        message = f"Unable to resolve e-mail address {address} to an Active Directory object."
        return _failed(address, "ErrorMailRecipientNotFound", message)
    if mailbox.schedule_error:
        return _failed(address, mailbox.schedule_error, "The availability of this mailbox cannot be read.")
    shown = mailbox.shown(world.clock.now(), mailbox.main)
    events = sorted(series.within(shown, start, end), key=lambda it: it.start)
    return {
        "scheduleId": address,
        "availabilityView": _view(events, start, end, step),
        "scheduleItems": [_item(event, mailbox, call) for event in events],
        "workingHours": working_hours(mailbox.account),
    }


def _item(event: Event, mailbox: Mailbox, call: Call) -> dict[str, Any]:
    item: dict[str, Any] = {
        "status": event.fields.get("showAs", "busy"),
        "start": zones.written(event.start, call.zone_name),
        "end": zones.written(event.end, call.zone_name),
    }
    if mailbox is call.mailbox:
        item["isPrivate"] = event.fields.get("sensitivity", "normal") in {"private", "confidential"}
        item["subject"] = event.fields.get("subject") or ""
        item["location"] = (event.fields.get("location") or {}).get("displayName", "")
    return item


def _view(events: list[Event], start: datetime, end: datetime, step: timedelta) -> str:
    digits: list[str] = []
    for number in itertools.count():
        slot = start + number * step
        if slot >= end:
            return "".join(digits)
        inside = [DIGIT[it.fields.get("showAs", "busy")] for it in events if it.start < slot + step and it.end > slot]
        digits.append(str(max(inside, key=WEIGHT.__getitem__, default=0)))
    return ""


def _failed(address: str, code: str, message: str) -> dict[str, Any]:
    return {"scheduleId": address, "availabilityView": "", "error": {"message": message, "responseCode": code}}
