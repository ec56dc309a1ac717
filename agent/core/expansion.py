"""Rules written in wall-clock time, as UTC minutes.

Two readings of the same rule exist around a change of offset and both are needed:

- *membership*: every minute whose wall time lies in the rule, both passes of a repeated hour included;
- *end points*: from the instant of its first wall time to that of its last, as RFC 5545 (section 3.3.5) reads them.

Availability is membership. A hard boundary blocks the union of both: when in doubt, block.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from agent.core import minutes
from agent.core.rules import Rule
from agent.core.timespan import DAY, Run, Span
from agent.core.whereabouts import AROUND, Whereabouts, first_reading
from agent.core.zones import EPOCH_DAY, Segment

WEEK = 7 * DAY
MONDAY = 4 * DAY
"""Minutes from the epoch, a Thursday, to the first Monday."""


def expand(rules: Iterable[Rule], where: Whereabouts, window: Span) -> int:
    """Minutes of a window whose wall time lies in one of the rules, as bits; bit 0 is the window's first minute."""
    segments = where.segments(window)
    low = min(s.span.start + s.offset for s in segments)
    high = max(s.span.end + s.offset for s in segments)
    origin = (low - MONDAY) // WEEK * WEEK + MONDAY
    wall = _on_the_wall(tuple(rules), origin, high - origin)
    utc = 0
    for segment in segments:
        length, at = segment.span.minutes, segment.span.start
        utc |= ((wall >> (at + segment.offset - origin)) & minutes.ones(length)) << (at - window.start)
    return utc


def _on_the_wall(rules: Sequence[Rule], origin: int, length: int) -> int:
    """Wall minutes that lie in one of the rules; bit 0 is the minute ``origin``, the first of a Monday."""
    week = mask = 0
    for rule in rules:
        if rule.weekly:
            for weekday in rule.weekdays:
                week |= minutes.ones(rule.end - rule.start) << (weekday * DAY + rule.start)
        else:
            first = origin // DAY + EPOCH_DAY
            for day in rule.days(range(first - 1, first + length // DAY + 1)):
                at = (day - first) * DAY + rule.start
                bits = minutes.ones(rule.end - rule.start)
                mask |= bits << at if at >= 0 else bits >> -at
    week |= week >> WEEK
    return (mask | minutes.tiled(week, WEEK, length)) & minutes.ones(length)


def between_end_points(rules: Iterable[Rule], where: Whereabouts, days: range, window: Span) -> int:
    """Minutes of a window between the RFC 5545 instants of the ends of each occurrence that starts on these days."""
    if not days:
        return 0
    wall = Span((days[0] - EPOCH_DAY) * DAY - AROUND, (days[-1] - EPOCH_DAY) * DAY + AROUND + 2 * DAY)
    segments = where.segments(wall)
    return minutes.filled(
        (
            Span(start, end)
            for rule in rules
            for day in rule.days(days)
            if (start := _instant(day, rule.start, segments)) < (end := _instant(day, rule.end, segments))
        ),
        window,
    )


def _instant(day: int, minute_of_day: int, segments: Sequence[Segment]) -> int:
    return first_reading((day - EPOCH_DAY) * DAY + minute_of_day, segments)


def blocked(rules: Iterable[Rule], where: Whereabouts, window: Span) -> int:
    """Minutes of a window that hard rules block, as bits: both readings, which only differ near a change of offset."""
    rules = tuple(rules)
    mask = expand(rules, where, window)
    near = Span(window.start - AROUND, window.end + AROUND)
    for before, after in pairwise(where.segments(near)):
        at = after.span.start
        first, last = sorted((at + offset) // DAY + EPOCH_DAY for offset in (before.offset, after.offset))
        mask |= between_end_points(rules, where, range(first - 2, last + 3), window)
    return mask


def membership(rules: Iterable[Rule], where: Whereabouts, window: Span) -> Run:
    """What ``expand`` gives, as spans."""
    return minutes.as_run(expand(rules, where, window), window.start)


def end_points(rules: Iterable[Rule], where: Whereabouts, window: Span) -> Run:
    """What ``between_end_points`` gives for every day of a window, as spans."""
    return minutes.as_run(between_end_points(rules, where, _wide(where.days_of(window)), window), window.start)


def blocked_run(rules: Iterable[Rule], where: Whereabouts, window: Span) -> Run:
    """What ``blocked`` gives, as spans."""
    return minutes.as_run(blocked(rules, where, window), window.start)


def _wide(days: range) -> range:
    """One day more on either side, for a day that a journey, or a government, leaves out."""
    return range(days.start - 1, days.stop + 1)
