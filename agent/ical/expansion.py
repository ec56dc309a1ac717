"""The occurrences of a calendar's rule within a stretch of wall time, up to where the rule ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from agent.core.occurrences import period_of, walls
from agent.ical.recurrence import Rule

_COUNTED = 20_000
"""Periods over which a COUNT is counted. A longer series is taken as one without end: too busy rather than too free."""


def occurrences(
    rule: Rule, start: datetime, low: datetime, high: datetime, over: Callable[[datetime], bool]
) -> Iterator[datetime]:
    """Wall times of a rule's occurrences in ``[low, high]`` from ``start`` on, in order; none without a pattern.

    ``over`` says of a wall time that it lies after the rule's UNTIL. Where a rule has both UNTIL and COUNT, which it
    must not, the later one ends it.
    """
    pattern = rule.pattern
    if pattern is None:
        return
    first, last = (period_of(pattern, start, edge) for edge in (low, high))
    counting = rule.count is not None and last < _COUNTED
    left = rule.count if counting and rule.count is not None else 0
    for wall in walls(pattern, start, range(0 if counting else max(first, 0), last + 1)):
        until_over = rule.until is None or over(wall)
        if until_over and (left <= 0 if counting else rule.until is not None):
            return
        left -= 1
        if low <= wall <= high:
            yield wall
