"""Free and busy of several people at once, as one of them may see it: no titles, and no answers either.

``getSchedule`` knows main calendars only, cannot tell our own events from others, and calls unanswered invitations
tentative. It costs one request for twenty people, where the calendar view of each costs one for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.core.observation import Busy
from agent.core.timespan import DAY, Span
from agent.ical.read import merged
from connectors.errors import Unreadable
from connectors.microsoft import wire
from connectors.microsoft.http import Graph

MOST = 20
"""Mailboxes a request."""
LONGEST = 61 * DAY
"""Minutes a request; Graph refuses 62 days."""


def busy(graph: Graph, addresses: Sequence[str], window: Span) -> dict[str, tuple[Busy, ...] | None]:
    """Give what is busy in a window, by address; None of whoever cannot be seen: unknown is not free."""
    found: dict[str, tuple[Busy, ...] | None] = {}
    for first in range(0, len(addresses), MOST):
        asked = addresses[first : first + MOST]
        parts = [_asked(graph, asked, part) for part in _parts(window)]
        for address in asked:
            found[address] = _together([part.get(address.lower()) for part in parts], window)
    return found


def _together(parts: Sequence[tuple[Busy, ...] | None], window: Span) -> tuple[Busy, ...] | None:
    known = [part for part in parts if part is not None]
    return merged((each for part in known for each in part), window) if len(known) == len(parts) else None


def _asked(graph: Graph, addresses: Sequence[str], window: Span) -> dict[str, tuple[Busy, ...] | None]:
    body = {
        "schedules": list(addresses),
        "startTime": wire.written(window.start),
        "endTime": wire.written(window.end),
        "availabilityViewInterval": 60,
    }
    answer = graph.ask("/me/calendar/getSchedule", body).entity().get("value")
    if not isinstance(answer, list) or not all(isinstance(each, dict) for each in answer):
        raise Unreadable("Graph gives free/busy that cannot be understood")
    return {str(each.get("scheduleId")).lower(): _of_one(each) for each in answer}


def _of_one(schedule: Mapping[str, Any]) -> tuple[Busy, ...] | None:
    items = schedule.get("scheduleItems")
    if schedule.get("error") is not None or not isinstance(items, list):
        return None
    try:
        taken = [wire.scheduled(item) for item in items if isinstance(item, dict)]
    except wire.Unplaced:
        return None
    return tuple(each for each in taken if each is not None)


def _parts(window: Span) -> Iterator[Span]:
    for start in range(window.start, window.end, LONGEST):
        yield Span(start, min(start + LONGEST, window.end))
