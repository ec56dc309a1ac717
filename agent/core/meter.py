"""What a meeting costs one person, in points.

Three things add up, minute by minute:

- each soft boundary charges its points while it lasts;
- time under invitations that the person has not answered charges one point, under one or several;
- time outside the good hours charges for its distance from them: ``(q / 8) ** 2`` points a minute, where ``q`` is the
  distance to the nearest good minute in quarters of an hour, rounded up. An hour away costs a quarter of a point a
  minute, two hours one point, three hours two and a quarter: two meetings an hour off are better than one two hours
  off. From twelve hours on the price stays as it is.

Every rate is a multiple of 1/64, so that sums are exact and equal slots are really equal.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from agent.core import minutes
from agent.core.availability import around
from agent.core.boundaries import Strength
from agent.core.expansion import expand, membership
from agent.core.observation import Busy
from agent.core.people import Person
from agent.core.timespan import Run, Span, union

UNANSWERED_POINTS = 1.0
"""Points per minute for time under invitations that their owner has not answered, one or several."""

QUARTER = 15
FARTHEST = 12 * 60
"""Minutes from the good hours beyond which nothing gets worse."""

SHARES = 64
"""Distance is priced in this fraction of a point."""


def rate(distance: int) -> int:
    """Price of one minute so far (minutes) from the good hours, in shares of a point."""
    return (-(-min(distance, FARTHEST) // QUARTER)) ** 2


_UP_TO = tuple(accumulate((rate(distance) for distance in range(1, FARTHEST + 1)), initial=0))


def _sum_up_to(distance: int) -> int:
    """Price of the minutes at distances 1 to ``distance``, one each, in shares of a point."""
    if distance <= FARTHEST:
        return _UP_TO[distance]
    return _UP_TO[FARTHEST] + (distance - FARTHEST) * rate(FARTHEST)


@dataclass(frozen=True, slots=True)
class Tariff:
    """One run charged at one rate, with running totals so that any span is priced by two look-ups."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]
    points: float

    def _minutes_until(self, minute: int) -> int:
        i = bisect_right(self.starts, minute) - 1
        if i < 0:
            return 0
        return self.before[i] + min(minute, self.ends[i]) - self.starts[i]

    def charge(self, span: Span) -> float:
        """Points of a span."""
        return self.points * (self._minutes_until(span.end) - self._minutes_until(span.start))


@dataclass(frozen=True, slots=True)
class Distance:
    """The gaps between good hours, and what a meeting in them costs."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def charge(self, span: Span) -> float:
        """Points of a span."""
        i = max(bisect_right(self.starts, span.start) - 1, 0)
        shares = 0
        while i < len(self.starts) and self.starts[i] < span.end:
            first, last = max(span.start, self.starts[i]), min(span.end, self.ends[i])
            if first < last:
                shares += _in_gap(first, last, self.starts[i], self.ends[i])
            i += 1
        return shares / SHARES


def _in_gap(first: int, last: int, opens: int, closes: int) -> int:
    """Shares for the minutes ``first`` to ``last`` of a gap between good hours; each is as far as its nearer end."""
    middle = (opens + closes - 1) // 2 + 1
    shares = 0
    if first < middle:
        shares += _sum_up_to(min(last, middle) - opens) - _sum_up_to(first - opens)
    if last > middle:
        shares += _sum_up_to(closes - max(first, middle)) - _sum_up_to(closes - last)
    return shares


@dataclass(frozen=True, slots=True)
class Meter:
    """Prices meetings for one person."""

    parts: tuple[Tariff | Distance, ...]

    def of(self, span: Span) -> float:
        """Points of a meeting at this span."""
        return sum((part.charge(span) for part in self.parts), 0.0)


def meter(person: Person, busy: Iterable[Busy], window: Span) -> Meter:
    """Prepare the prices of a window (UTC minutes) that holds the meetings to be priced."""
    parts: list[Tariff | Distance] = [
        _tariff(membership((b.rule,), person.where, window), b.points)
        for b in person.boundaries
        if b.strength is Strength.SOFT
    ]
    parts.append(_tariff(union(block.span for block in busy if not block.hard), UNANSWERED_POINTS))
    found: list[Tariff | Distance] = [part for part in parts if part.starts]
    if person.good_hours:
        found.append(_distance(person, window))
    return Meter(tuple(found))


def _tariff(run: Run, points: float) -> Tariff:
    totals = (0, *accumulate(span.minutes for span in run))
    return Tariff(tuple(s.start for s in run), tuple(s.end for s in run), totals[:-1], points)


def _distance(person: Person, window: Span) -> Distance:
    wide = around(window, FARTHEST)
    bad = expand(person.good_hours, person.where, wide) ^ minutes.ones(wide.minutes)
    gaps = [(wide.start + first, wide.start + end) for first, end in minutes.stretches(bad)]
    if gaps and gaps[0][0] == wide.start:
        gaps[0] = (wide.start - FARTHEST, gaps[0][1])
    if gaps and gaps[-1][1] == wide.end:
        gaps[-1] = (gaps[-1][0], wide.end + FARTHEST)
    return Distance(tuple(start for start, _ in gaps), tuple(end for _, end in gaps))
