"""What the compared searches share: wall time to UTC by zoneinfo, a sweep over sorted intervals, prices by bisection.

Written as somebody would who knows the libraries and has no bit sets: whole minutes since the epoch as soon as an
occurrence is placed, one sort per union, no look at single minutes. Nothing of the core is used but its values.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import accumulate, pairwise
from typing import TypeVar

from agent.core.observation import PersonObserved
from agent.core.people import Person
from agent.core.relationships import Relationship

Edge = TypeVar("Edge", int, datetime)

Interval = tuple[int, int]
"""Half-open, in UTC minutes."""

Occurrence = tuple[datetime, datetime]
"""Wall times without a zone."""

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall times are counted from here
MINUTE = timedelta(minutes=1)
BEST = 10


@dataclass(frozen=True)
class Answer:
    """Every feasible start, and the best ten with each person's points; equal for all contenders or the run ends."""

    starts: tuple[int, ...]
    best: tuple[tuple[int, tuple[tuple[str, float], ...]], ...]


@dataclass(frozen=True)
class Expanded:
    """One person's rules as intervals, whichever library placed them."""

    open: list[Interval]
    hard: list[Interval]
    soft: list[tuple[float, list[Interval]]]
    good: list[Interval]
    busy: list[Interval]
    unanswered: list[Interval]


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Union of intervals, sorted."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            if end > found[-1][1]:
                found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def without(run: Sequence[Interval], holes: Sequence[Interval]) -> list[Interval]:
    """Difference of two sorted unions, in one sweep."""
    left: list[Interval] = []
    j = 0
    for start, end in run:
        here = start
        while j < len(holes) and holes[j][1] <= here:
            j += 1
        k = j
        while k < len(holes) and holes[k][0] < end:
            if holes[k][0] > here:
                left.append((here, holes[k][0]))
            here = max(here, holes[k][1])
            k += 1
        if here < end:
            left.append((here, end))
    return left


def both(left: Sequence[tuple[Edge, Edge]], right: Sequence[tuple[Edge, Edge]]) -> list[tuple[Edge, Edge]]:
    """Intersection of two sorted unions, in one sweep."""
    shared: list[tuple[Edge, Edge]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            shared.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return shared


def _east(wall: datetime, zone: tzinfo, fold: int) -> int:
    """Offset in minutes; at a change ``fold`` 0 is the one before and 1 the one after, in gaps as in repeats."""
    return (wall.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta()) // MINUTE


def _change(low: int, high: int, after: int, zone: tzinfo) -> int:
    """First minute between two at which the zone has its later offset."""
    while low < high:
        middle = (low + high) // 2
        moment = datetime.fromtimestamp(middle * 60, UTC).astimezone(zone)
        if moment.utcoffset() == after * MINUTE:
            high = middle
        else:
            low = middle + 1
    return low


def placed(occurrences: Iterable[Occurrence], zone: tzinfo, *, hard: bool) -> Iterator[Interval]:
    """Minutes whose wall time lies in an occurrence; for a hard rule also those between the instants of its ends."""
    for begin, end in occurrences:
        first, last = (begin - EPOCH) // MINUTE, (end - EPOCH) // MINUTE
        before, after = _east(begin, zone, 0), _east(end, zone, 1)
        if before == after:
            yield first - before, last - before
            continue
        change = _change(first - max(before, after) - 1, last - min(before, after) + 1, after, zone)
        for start, stop in (
            (first - before, min(last - before, change)),
            (max(first - after, change), last - after),
            (first - before, last - _east(end, zone, 0)) if hard else (0, 0),
        ):
            if start < stop:
                yield start, stop


def forbidden(
    person: Person, known: PersonObserved, expanded: Expanded, who: Relationship, zone: tzinfo
) -> list[Interval]:
    """Starts that touch something hard, that come too close to another meeting, or whose day or week is full."""
    policy = who.policy
    length, before, after = (
        each // MINUTE for each in (policy.cadence.duration, policy.buffers.before, policy.buffers.after)
    )
    found = [(start - length + 1, end) for start, end in expanded.hard]
    found += [(start - length - after + 1, end + before) for start, end in expanded.busy]
    for other in known.elsewhere:
        room, next_room = max(other.after, before), max(after, other.before)
        found.append((other.span.start - length - next_room + 1, other.span.end + room))
    found += placed(_full_days(person, known, who, zone), zone, hard=False)
    return merged(found)


def _full_days(person: Person, known: PersonObserved, who: Relationship, zone: tzinfo) -> Iterator[Occurrence]:
    limits = who.policy.limits
    days = [other.span.starts_at.astimezone(zone).date() for other in known.elsewhere]
    weeks = [day - timedelta(days=(day.weekday() - person.week_starts) % 7) for day in days]
    full = {day for day in days if days.count(day) >= limits.per_day}
    full |= {week + timedelta(days=n) for week in weeks if weeks.count(week) >= limits.per_week for n in range(7)}
    for day in full:
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall time
        yield midnight, midnight + timedelta(days=1)


def fitting(free: Iterable[Interval], length: int) -> list[Interval]:
    """Starts from which a meeting lies within one interval."""
    return [(start, end - length + 1) for start, end in free if end - start >= length]


def on_grid(starts: Iterable[Interval], window: Interval, grid: int) -> tuple[int, ...]:
    """Multiples of the grid in a union."""
    found: list[int] = []
    for start, end in starts:
        low = max(start, window[0])
        found += range(-(-low // grid) * grid, min(end, window[1]), grid)
    return tuple(found)


class Overlap:
    """Minutes that a meeting shares with a union: two bisections."""

    def __init__(self, run: Sequence[Interval]) -> None:
        self.starts = [start for start, _ in run]
        self.ends = [end for _, end in run]
        self.before = [0, *accumulate(end - start for start, end in run)]

    def _until(self, minute: int) -> int:
        i = bisect_right(self.starts, minute) - 1
        return self.before[i] + min(minute, self.ends[i]) - self.starts[i] if i >= 0 else 0

    def of(self, start: int, end: int) -> int:
        """Minutes shared."""
        return self._until(end) - self._until(start)


def _price(distance: int) -> int:
    """Sixty-fourths of a point for a minute this far from the good hours."""
    return (-(-min(distance, 720) // 15)) ** 2


UP_TO = tuple(accumulate(map(_price, range(1, 10 * 1440)), initial=0))


class Strain:
    """Points for the distance to the nearest good minute."""

    def __init__(self, good: Sequence[Interval]) -> None:
        self.gaps = [(left[1], right[0]) for left, right in pairwise(good)]
        self.starts = [start for start, _ in self.gaps]

    def of(self, start: int, end: int) -> float:
        """Points of a meeting."""
        shares, i = 0, max(bisect_right(self.starts, start) - 1, 0)
        while i < len(self.gaps) and self.gaps[i][0] < end:
            opens, closes = self.gaps[i]
            middle = (opens + closes + 1) // 2
            low, high = max(start, opens), min(end, closes)
            if low < min(high, middle):
                shares += UP_TO[min(high, middle) - opens] - UP_TO[low - opens]
            if max(low, middle) < high:
                shares += UP_TO[closes - max(low, middle)] - UP_TO[closes - high]
            i += 1
        return shares / 64


class Price:
    """What a meeting costs one person."""

    def __init__(self, expanded: Expanded) -> None:
        self.rates = [(points, Overlap(run)) for points, run in expanded.soft]
        self.rates.append((1.0, Overlap(merged(expanded.unanswered))))
        self.strain = Strain(merged(expanded.good))

    def of(self, start: int, end: int) -> float:
        """Points of a meeting."""
        return sum(points * run.of(start, end) for points, run in self.rates) + self.strain.of(start, end)


def ranked(starts: tuple[int, ...], prices: Mapping[str, Price], who: Relationship) -> Answer:
    """The best ten starts by cost, earlier first where that is equal; nobody has carried anything yet."""
    length, fairness = who.policy.cadence.duration // MINUTE, who.policy.fairness
    costs = []
    for start in starts:
        points = {person: price.of(start, start + length) for person, price in prices.items()}
        spread = max(points.values()) - min(points.values())
        costs.append((sum(points.values()) + fairness * spread, start, tuple(points.items())))
    return Answer(starts, tuple((start, points) for _, start, points in heapq.nsmallest(BEST, costs)))
