"""Rules that are the same every week, as one week of wall time, and the starts that such a week allows.

While a clock runs evenly the starts of one week are like those of every other, so that those of a week are repeated.
Only meetings that last over a change of offset are looked at minute by minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from agent.core.grid import Grid
from agent.core.minutes import beginnings, every, ones, tiled
from agent.core.rules import Rule
from agent.core.timespan import DAY
from agent.core.zones import Segment

WEEK = 7 * DAY
MONDAY = 4 * DAY
"""Minutes from the epoch, a Thursday, to the first Monday."""


def lay(rules: Iterable[Rule]) -> int:
    """Minutes of a week that lie in one of some weekly rules, as bits; bit 0 is the first of Monday."""
    week = 0
    for rule in rules:
        week |= _each(rule.weekdays, rule.start, rule.end)
    return week


@lru_cache(maxsize=4096)
def _each(weekdays: frozenset[int], start: int, end: int) -> int:
    week, once = 0, ones(end - start) << start
    for day in weekdays:
        week |= once << day * DAY
    return (week | week >> WEEK) & ones(WEEK)


def from_here(week: int, length: int) -> int:
    """Minutes of a week from which on ``length`` minutes, at most a week, are set, over its end into the next."""
    return beginnings(week | (week & ones(length)) << WEEK, length) & ones(WEEK)


def cut(week: int, wall: int, length: int) -> int:
    """Bits of a week that goes on for ever, from a wall time on; up to a week of them."""
    return (week | week << WEEK) >> (wall - MONDAY) % WEEK & ones(length)


def repeats(grid: Grid, duration: int) -> bool:
    """Whether the starts of a grid are the same every week, and meetings short enough to be looked up in one."""
    return WEEK % grid.step == 0 and duration <= DAY


def fitting(week: int, segments: Sequence[Segment], grid: Grid, duration: int) -> int:
    """Starts of meetings that lie whole in minutes whose wall time is set in a week.

    The segments are those of ``grid.lived(duration)``; the grid ``repeats``.
    """
    whole, period = from_here(week, duration), WEEK // grid.step
    tiles: dict[int, int] = {}
    found = 0
    for segment in segments:
        low, high = grid.number(segment.span.start), grid.number(segment.span.end - duration + 1)
        turn, phase = divmod((grid.first + segment.offset - MONDAY) % WEEK, grid.step)
        if phase not in tiles:
            tiles[phase] = tiled(every(whole >> phase, grid.step, period), period, grid.count + period)
        found |= (tiles[phase] >> (turn + low) % period & ones(high - low)) << low
    for _, after in pairwise(segments):
        found |= _over(after.span.start, week, segments, grid, duration)
    return found


def _over(change: int, week: int, segments: Sequence[Segment], grid: Grid, duration: int) -> int:
    """Those of the starts whose meetings last over a change of offset."""
    low, high = grid.number(change - duration + 1), grid.number(change)
    if low == high:
        return 0
    near = Grid(grid.first + low * grid.step, grid.step, high - low)
    lived, found = near.lived(duration), 0
    for segment in segments:
        start, end = max(segment.span.start, lived.start), min(segment.span.end, lived.end)
        if start < end:
            found |= cut(week, start + segment.offset, end - start) << (start - lived.start)
    return near.fitting(found, duration) << low
