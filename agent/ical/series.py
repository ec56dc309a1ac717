"""All events of one UID, the series with its exceptions, as blocked time within a window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.core.observation import Busy
from agent.core.timespan import Span, covering
from agent.ical.blocking import Blocks
from agent.ical.ending import latest_start, over
from agent.ical.events import Event, Stay
from agent.ical.expansion import occurrences
from agent.ical.marks import Marks
from agent.ical.recurrence import Rule
from agent.ical.times import DAY, moved, shifted, wall_of
from agent.ical.zones import AHEAD, BEHIND, Point

_SLACK = 2 * DAY
"""More than any zone, and any widening for an unknown one, moves a time."""


@dataclass(frozen=True, slots=True)
class Later:
    """An exception that holds from an occurrence on: how far it moves what follows, and what it makes of it."""

    since: datetime
    by: timedelta
    event: Event


def busy(events: list[Event], window: Span) -> Iterator[Busy]:
    """Give the time that the events of one UID block and that touches a window, in no order.

    Of several revisions of one event the latest counts.
    """
    exceptions = [event for event in events if event.exception]
    for event in _latest([event for event in events if not event.exception]):
        yield from _series(event, exceptions, window)
    for recurrence in {event.recurrence for event in exceptions}:
        alike = [event for event in exceptions if event.recurrence == recurrence]
        for event in _latest(alike) if recurrence else alike:
            yield from _series(event, [], window)


def _latest(events: list[Event]) -> list[Event]:
    newest = max((event.sequence for event in events), default=0)
    return [event for event in events if event.sequence == newest or not event.uid]


def _series(event: Event, exceptions: list[Event], window: Span) -> Iterator[Busy]:
    """Blocked time of one event with all its occurrences, without those that are excluded or have an exception."""
    start = event.stay.start
    named = [exception.recurrence for exception in exceptions if exception.recurrence]
    gone = Marks((*event.excluded, *named), start)
    later = sorted((_later(e, start) for e in exceptions if e.ongoing and e.recurrence), key=lambda each: each.since)
    for stay in _stays(event, later, window):
        if not gone.name(stay.start):
            changed = next((change for change in reversed(later) if change.since <= stay.start.wall), None)
            yield from _blocked(_changed(stay, changed).span, changed.event if changed else event, window)
    for rule in event.rules:
        if rule.pattern is None:
            yield from _blocked(_throughout(event.stay, rule), event, window)


def _blocked(span: Span | None, event: Event, window: Span) -> Iterator[Busy]:
    if span is not None and event.blocks is not Blocks.NOT and span.touches(window):
        yield Busy(span, hard=event.blocks is Blocks.HARD)


def _later(exception: Event, start: Point) -> Later:
    at, to = exception.recurrence or start, exception.stay.start
    same = at.all_day or at.floating or at.zone == start.zone
    since = at.wall if same else wall_of(at.instant, start.zone.rules)
    return Later(since, to.wall - since, exception)


def _changed(stay: Stay, change: Later | None) -> Stay:
    if change is None:
        return stay
    to = change.event.stay
    return Stay(replace(to.start, wall=shifted(stay.start.wall, change.by)), to.length)


def _stays(event: Event, later: list[Later], window: Span) -> Iterator[Stay]:
    """Occurrences, each once, that may touch a window, perhaps only after an exception has moved them."""
    start, length = event.stay.start, event.stay.length
    lengths = [length, *(change.event.stay.length for change in later)]
    away = max((abs(change.by) for change in later), default=timedelta()) + _SLACK
    low = shifted(_naive(window.starts_at), -max(each.reach for each in lengths) - away)
    high = shifted(_naive(window.ends_at), max(each.before for each in lengths) + away)
    yield event.stay
    yield from event.more
    walls = {start.wall}
    for rule in event.rules:
        walls.update(occurrences(rule, start.wall, low, high, over(rule.until, start)))
    for wall in walls - {start.wall}:
        yield Stay(replace(start, wall=wall), length)


def _throughout(stay: Stay, rule: Rule) -> Span | None:
    """All the time in which a rule that cannot be expanded may have occurrences."""
    first = moved(stay.start.instant, -stay.length.before)
    end = moved(latest_start(rule, stay.start), stay.length.reach)
    if stay.start.zone.unknown:
        first, end = moved(first, -AHEAD), moved(end, BEHIND)
    return covering(first, end) if first < end else None


def _naive(instant: datetime) -> datetime:
    return instant.replace(tzinfo=None)
