"""When a person may be written to."""

from __future__ import annotations

from datetime import datetime, timedelta

from agent.core.expansion import membership
from agent.core.people import Person
from agent.core.timespan import DAY, Span, floor_minute, instant

LOOK_AHEAD = 60 * DAY
"""Minutes: a person without an open minute in two months is not written to."""

CLOSING = 60
"""Minutes before the end of somebody's hours at which what must not wait for the next ones is sent."""

AT_LEAST = timedelta(hours=4)
"""What is sent ahead of a meeting should reach its reader this long before."""


def is_open(person: Person, moment: datetime) -> bool:
    """Whether a mail may reach the person at this instant."""
    minute = floor_minute(moment)
    return bool(membership(person.messages, person.where, Span(minute, minute + 1)))


def next_open(person: Person, moment: datetime) -> datetime | None:
    """This instant or the first one after it at which the person may be written to; None where there is none."""
    minute = floor_minute(moment)
    for width in (2 * DAY, 8 * DAY, LOOK_AHEAD):
        for span in membership(person.messages, person.where, Span(minute, minute + width)):
            return moment if span.start <= minute else span.starts_at
    return None


def last_open(person: Person, moment: datetime) -> datetime | None:
    """An instant near the end of the last stretch before this one in which the person may be written to."""
    minute = floor_minute(moment)
    stretches = membership(person.messages, person.where, Span(minute - LOOK_AHEAD, minute + 1))
    if not stretches:
        return None
    last = stretches[-1]
    return instant(max(last.start, last.end - CLOSING))


def ahead_of(person: Person, start: datetime, before: timedelta) -> datetime | None:
    """When to write to a person about a meeting, so long before it as policy says.

    Where that falls outside their hours it is put off to their next ones; where these come too close to the meeting,
    or after it, it goes out at the end of the hours before.
    """
    moment = start - before
    later = next_open(person, moment)
    if later is not None and later <= max(moment, start - AT_LEAST):
        return later
    return last_open(person, moment) or later
