"""What meetings at many starts cost one person, by running totals over one week of wall time.

Prices are whole numbers of 1/64 of a point, as the core's are by construction, so that both come to the same floats.
Near a change of offset the distance to the good hours is another than on the wall: there the core is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.accelerators.batch_weeks import ZoneGrid, weekly
from agent.core.availability import around
from agent.core.boundaries import Boundary, Strength
from agent.core.meter import FARTHEST, SHARES, UNANSWERED_POINTS, meter, rate
from agent.core.observation import PersonObserved
from agent.core.people import Person
from agent.core.rules import Rule
from agent.core.timespan import DAY, Span, union
from agent.core.weeks import WEEK

UP_TO = np.cumsum([rate(distance) for distance in range(WEEK // 2 + 1)], dtype=np.int64)
"""Shares for the minutes at distances 1 to each from the good hours; a gap between them is shorter than a week."""

Minutes = NDArray[Any]


class Prices:
    """Points that meetings cost one person, at any starts (minutes) of a grid."""

    def __init__(self, person: Person, known: PersonObserved, zone: ZoneGrid) -> None:
        self._person, self._known, self._zone = person, known, zone
        self._duration = zone.shape.duration
        self._soft = [each for each in person.boundaries if each.strength is Strength.SOFT and each.rule.weekdays]
        self._by_table = self._duration <= DAY and weekly(person) and all(map(_exact, self._soft))
        if self._by_table:
            self._distance = _distance(person.good_hours)
            self._waiting = union(block.span for block in known.busy or () if not block.hard)

    def at(self, starts: Minutes) -> Minutes:
        """Points of a meeting at each start, exactly as the core's meter has them."""
        if not self._by_table:
            return np.array(self._asked(starts.tolist()))
        points, near = self._looked_up(starts), self._near_changes(starts)
        if near.any():
            points[near] = self._asked(starts[near].tolist())
        return points

    def _near_changes(self, starts: Minutes) -> NDArray[Any]:
        near = np.zeros(len(starts), dtype=bool)
        for change in self._zone.changes:
            reach = FARTHEST + change.shift + 1
            near |= (starts > change.at - reach - self._duration) & (starts < change.at + reach)
        return near

    def _looked_up(self, starts: Minutes) -> Minutes:
        """Each meeting costs what the minutes before its end do, less those before its start."""
        wall = self._zone.on_the_wall(starts)
        walls = np.concatenate((wall, wall + self._duration))
        before = self._distance(walls)
        for boundary in self._soft:
            before += int(boundary.points * SHARES) * _minutes_in(boundary.rule, walls)
        if self._waiting:
            minutes = np.concatenate((starts, starts + self._duration))
            before += int(UNANSWERED_POINTS * SHARES) * _minutes_of(self._waiting, minutes)
        points: Minutes = (before[len(starts) :] - before[: len(starts)]) / SHARES
        return points

    def _asked(self, starts: list[int]) -> list[float]:
        spans = [Span(start, start + self._duration) for start in starts]
        window = around(Span(spans[0].start, spans[-1].end), DAY)
        asked = meter(self._person, self._known.busy or (), window)
        return [asked.of(span) for span in spans]


def _exact(boundary: Boundary) -> bool:
    return float(boundary.points * SHARES).is_integer()


@lru_cache(maxsize=256)
def _midnights(weekdays: frozenset[int]) -> Minutes:
    """Where days of a week begin on the wall, from the week before it to the second after it, in order."""
    return np.array([week + day * DAY for week in (-WEEK, 0, WEEK, 2 * WEEK) for day in sorted(weekdays)])


def _minutes_in(rule: Rule, walls: Minutes) -> Minutes:
    """Minutes of a weekly rule before each minute of the wall, from the first of its ``_midnights`` on."""
    midnights, length = _midnights(rule.weekdays), rule.end - rule.start
    begun = midnights.searchsorted(walls - rule.start, side="right") - 1
    found: Minutes = begun * length + np.minimum(walls - rule.start - midnights[begun], length)
    return found


def _minutes_of(spans: Sequence[Span], minutes: Minutes) -> Minutes:
    """Minutes of spans, in order and apart, before each minute."""
    begins, ends = np.array([span.start for span in spans]), np.array([span.end for span in spans])
    lengths = ends - begins
    before = np.cumsum(lengths) - lengths
    at = np.maximum(begins.searchsorted(minutes, side="right") - 1, 0)
    found: Minutes = before[at] + np.minimum(np.maximum(minutes - begins[at], 0), lengths[at])
    return found


def _distance(good: Sequence[Rule]) -> Callable[[Minutes], Minutes]:
    """Shares that the distance from the good hours costs at all minutes before one of the wall, but for a constant."""
    rules = [rule for rule in good if rule.weekdays]
    if rules:
        return Gaps(rules).before
    far = rate(FARTHEST) if good else 0
    return lambda walls: far * walls


class Gaps:
    """The gaps between good hours on the wall, some of them of no length, and what they cost."""

    def __init__(self, good: Sequence[Rule]) -> None:
        begins = np.concatenate([_midnights(rule.weekdays) + rule.start for rule in good])
        ends = np.concatenate([_midnights(rule.weekdays) + rule.end for rule in good])
        order = begins.argsort()
        self._begins = np.maximum.accumulate(ends[order])[:-1]
        self._lengths = np.maximum(begins[order][1:] - self._begins, 0)
        self._near = (self._lengths + 1) // 2  # minutes of each gap whose nearer end is its beginning
        self._far = self._lengths - self._near
        costs = UP_TO[self._near] + UP_TO[self._far]
        self._before = np.cumsum(costs) - costs + UP_TO[self._far]

    def before(self, walls: Minutes) -> Minutes:
        """Shares of all gaps before each minute of a week, or of the day after it."""
        at = np.maximum(self._begins.searchsorted(walls, side="right") - 1, 0)
        gone = np.maximum(walls - self._begins[at], 0)
        left = np.maximum(self._lengths[at] - gone, 0)
        total: Minutes = self._before[at] + UP_TO[np.minimum(gone, self._near[at])]
        total -= UP_TO[np.minimum(left, self._far[at])]
        return total
