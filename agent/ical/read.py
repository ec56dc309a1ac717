"""Reads an iCalendar file as opaque busy time, and finds our own events in it.

Busy, tentative and out-of-office time blocks, whatever is free, declined, cancelled or a place to work does not, and an
unanswered invitation blocks softly. Tasks and journals do not count. A broken event takes its widest reading (see
``agent.ical.events``), and one whose start cannot be read is counted; neither loses the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from agent.core.observation import Busy, OwnEvent, Reading
from agent.core.timespan import Span, clip, floor_minute, subtract, union
from agent.core.whereabouts import Whereabouts
from agent.ical import freebusy, series
from agent.ical.blocking import answer, cancelled
from agent.ical.components import Component, stream
from agent.ical.events import Event, event
from agent.ical.lines import lines
from agent.ical.zones import Zones

T = TypeVar("T")


def read(data: bytes, window: Span, *, where: Whereabouts, owner: str, own: frozenset[str] = frozenset()) -> Reading:
    """Read a file over a window of UTC minutes.

    ``where`` is where the calendar's owner is, by whose clock floating times and whole days are read; ``owner`` their
    address, whose answer to an invitation counts. Events with a UID in ``own`` are never busy, and are reported
    wherever they are, without href and etag. Raises ``NotCalendar`` where the file is none or is cut short.
    """
    whole = stream(lines(data))
    zones = Zones(where, whole.within("VTIMEZONE"))
    events = [(component, event(component, zones, owner)) for component in whole.within("VEVENT")]
    lost = sum(1 if placed is None else placed.lost for _, placed in events)
    ours = [(component, placed) for component, placed in events if placed and placed.uid in own]
    theirs = (placed for _, placed in events if placed and placed.uid not in own)
    published, unplaced = _published(whole, zones, window)
    return Reading(
        merged((*_blocked(theirs, window), *published), window),
        tuple(_own_event(of_uid, owner) for of_uid in _by_uid(ours, lambda pair: pair[1].uid)),
        lost + unplaced,
    )


def merged(found: Iterable[Busy], window: Span) -> tuple[Busy, ...]:
    """Hard and soft time within a window, each without overlaps; what is hard is not soft as well."""
    found = tuple(found)
    hard = clip(union(each.span for each in found if each.hard), window)
    soft = clip(union(each.span for each in found if not each.hard), window)
    return tuple(sorted((*map(Busy, hard), *(Busy(span, hard=False) for span in subtract(soft, hard)))))


def _blocked(events: Iterable[Event], window: Span) -> Iterator[Busy]:
    for of_uid in _by_uid(events, lambda placed: placed.uid):
        yield from series.busy(of_uid, window)


def _published(whole: Component, zones: Zones, window: Span) -> tuple[list[Busy], int]:
    found = [each for component in whole.within("VFREEBUSY") for each in freebusy.busy(component, zones, window)]
    busy = [each for each in found if each is not None]
    return busy, len(found) - len(busy)


def _by_uid(found: Iterable[T], uid: Callable[[T], str]) -> Iterable[list[T]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for each in found:
        groups[uid(each)].append(each)
    return groups.values()


def _own_event(revisions: list[tuple[Component, Event]], owner: str) -> OwnEvent:
    """Report the event itself rather than an exception to it, and of several the latest revision."""
    component, placed = max(revisions, key=lambda pair: (not pair[1].exception, pair[1].sequence))
    minute = floor_minute(placed.stay.start.instant)
    return OwnEvent(
        placed.uid,
        placed.stay.span or Span(minute, minute + 1),
        answer(component, owner),
        cancelled(component),
        placed.sequence,
    )
