"""When a person may be written to."""

from __future__ import annotations

from datetime import datetime

from agent.core.boundaries import membership
from agent.core.people import Person
from agent.core.timespan import DAY, Span, floor_minute

LOOK_AHEAD = 60 * DAY
"""Minutes: a person without an open minute in two months is not written to."""


def is_open(person: Person, moment: datetime) -> bool:
    """Whether a mail may reach the person at this instant."""
    minute = floor_minute(moment)
    return bool(membership(person.messages, person.zone, Span(minute, minute + 1)))


def next_open(person: Person, moment: datetime) -> datetime | None:
    """This instant or the first one after it at which the person may be written to; None where there is none."""
    minute = floor_minute(moment)
    for width in (2 * DAY, 8 * DAY, LOOK_AHEAD):
        for span in membership(person.messages, person.zone, Span(minute, minute + width)):
            return moment if span.start <= minute else span.starts_at
    return None
