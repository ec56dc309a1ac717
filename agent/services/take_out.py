"""Takes our events out of calendars: of meetings that are cancelled, and of whoever has another calendar for them."""

from __future__ import annotations

from agent import log
from agent.services.programme import Programme
from agent.store.events import Delivered
from connectors.base import CalendarWriter
from connectors.errors import Conflict, Missing, Rejected


def former(known: Delivered | None, place: str | None) -> str | None:
    """Which calendar an event is in that is not the one for our events any more; None where it is in that one."""
    return known.calendar if known is not None and known.calendar not in {None, place} else None


def take_out(programme: Programme, person: str, place: str, uid: str) -> None:
    """Delete an event from a calendar that was for our events before, if that can still be reached."""
    there, here = programme.calendar_at(person, place), programme.booking_calendar(person)
    if there is None or not _cleared(there, here, uid):
        log.logger().warning("event left in a former calendar", person=person)


def _cleared(there: CalendarWriter, here: CalendarWriter | None, uid: str) -> bool:
    """Whether nothing is left there that should not be; it may be the same calendar under another address."""
    try:
        event, ours = there.find(uid), here.find(uid) if here else None
        if event is None or (ours is not None and (ours.href, ours.etag) == (event.href, event.etag)):
            return True
        remove(there, uid)
    except Rejected:
        return False
    return True


def remove(calendar: CalendarWriter, uid: str) -> bool:
    """Look an event up and delete it, again if it changed in between; False where it was gone."""
    for _ in range(3):
        event = calendar.find(uid)
        if event is None:
            return False
        try:
            calendar.remove(event)
        except Conflict:
            continue
        except Missing:
            return False
        return True
    raise Conflict("the event changes as fast as it is removed")
