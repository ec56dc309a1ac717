"""The cheapest pattern of one relationship under prices for starts: the dynamic program that everything else calls.

A label is a way through the first meetings: what it costs, the grown sums it leaves, and the set of all starts of its
last meeting that it may have ended at. Starts with the same burden and price are one option, so a label is a sequence
of options, not of starts, and the cadence is a shift of bits. Labels are taken in the order of cost so far plus a lower
bound on what is to come (A*, exact whenever it ends by itself). That bound is the better of two: ``Rest``, which knows
what has been carried but no prices, and the cheapest option of each meeting to come, which knows prices only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from agent.core.cohort.course import Carried, Group
from agent.core.cohort.patterns import Menu, Pattern
from agent.core.cohort.problem import UNPLACED

Pick = Callable[[int], int]
"""Chooses one of the set bits of a mask."""

Prices = Sequence[Mapping[int, int]]
"""For each meeting the price of each place that has one; never negative."""

ANYTHING = 1 << 80
"""More than any pattern costs."""


@dataclass(frozen=True, slots=True)
class Found:
    """No pattern has a value (cost and prices together) below ``bound``; ``value`` is that of ``pattern``.

    The pattern is the cheapest one where the two are equal.
    """

    bound: int
    value: int
    pattern: Pattern


Option = tuple[int, Carried, int]
"""Units of cost with the price, what it adds to the sums, and its places."""


def options(menu: Menu, k: int, prices: Mapping[int, int], closed: int) -> list[Option]:
    """What can be done about meeting ``k``, cheapest first; leaving it out is not among it."""
    course = menu.courses[k]
    priced: dict[tuple[int, int], int] = {}
    for place, price in prices.items():
        if price and not closed >> place & 1:
            key = (course.group_of[place], price)
            priced[key] = priced.get(key, 0) | 1 << place
        closed |= bool(price) << place
    found: list[tuple[int, Group, int]] = [(g.units, g, g.mask & ~closed) for g in course.groups]
    found += [(course.groups[i].units + price, course.groups[i], mask) for (i, price), mask in priced.items()]
    return [(units, group.adds, mask) for units, group, mask in sorted(found, key=lambda o: (o[0], o[2])) if mask]


@dataclass(frozen=True, slots=True)
class _Label:
    """A way through the first ``k`` meetings; ``meeting`` is the last one placed, ``places`` where it may be."""

    k: int
    cost: int
    carried: Carried
    meeting: int
    places: int
    before: _Label | None


@dataclass(frozen=True, slots=True)
class Ask:
    """What one search is asked: prices, closed places, how many labels it may take, how ties are broken.

    What costs ``below`` or more does not matter; only ``nearby`` sets it.
    """

    prices: Prices
    closed: Sequence[int]
    labels: int
    pick: Pick
    below: int = ANYTHING


def reached(menu: Menu, meeting: int, places: int, k: int) -> int:
    """Places of meeting ``k`` that the cadence allows after some places of an earlier one; negative ones are cut."""
    courses, unit = menu.courses, menu.unit
    offset = courses[meeting].first - courses[k].first
    low = -(-(sum(c.nearest for c in courses[meeting + 1 : k + 1]) + offset) // unit)
    high = (sum(c.farthest for c in courses[meeting + 1 : k + 1]) + offset) // unit
    width, known = high - low + 1, 1
    if width < 1:
        return 0
    while known < width:
        step = min(known, width - known)
        places |= places << step
        known += step
    return places << low if low >= 0 else places >> -low


class Search:
    """One search: the options of each meeting, what leaving it out costs, and what it and all later ones cost at least.

    Where a meeting has to be placed and cannot be, the value is ``ANYTHING`` or more.
    """

    def __init__(self, menu: Menu, ask: Ask) -> None:
        self.menu, self.count = menu, len(menu.courses)
        self.choices = [options(menu, k, ask.prices[k], ask.closed[k]) for k in range(self.count)]
        outs = zip(ask.closed, menu.courses, strict=True)
        self.out = [ANYTHING if closed >> course.out & 1 else UNPLACED for closed, course in outs]
        self.floor = [0] * (self.count + 1)
        for k in reversed(range(self.count)):
            found = self.choices[k]
            self.floor[k] = self.floor[k + 1] + min(found[0][0] if found else self.out[k], self.out[k])
        self.below = ask.below

    def least(self, k: int, carried: Carried) -> int:
        """What meetings ``k`` and later cost at least."""
        return max(self.menu.rest.of(k, carried), self.floor[k])

    def expanded(self, label: _Label) -> list[tuple[int, _Label]]:
        """Labels one meeting further that can end below the best known, each with the least it can end at.

        At the end that is one, and the best known from then on.
        """
        menu, k, below = self.menu, label.k, self.below
        reach = -1 if label.meeting < 0 else reached(menu, label.meeting, label.places, k)
        out = label.cost + self.out[k]
        left_out = _Label(k + 1, out, label.carried, label.meeting, label.places, label)
        later = [(out + self.least(k + 1, label.carried), left_out)]
        for units, adds, mask in self.choices[k]:
            if label.cost + units + self.floor[k + 1] >= below:
                break
            if places := mask & reach:
                carried = menu.moved(label.carried, adds)
                cost = label.cost + units + menu.imbalance(k, carried)
                total = cost + self.least(k + 1, carried)
                if total < below:
                    later.append((total, _Label(k + 1, cost, carried, k, places, label)))
                    below = total if k + 1 == self.count else below
        if k + 1 < self.count:
            return later
        best = min(later, key=lambda each: each[0])
        self.below = min(self.below, best[0])
        return [best]

    def dive(self, label: _Label) -> _Label:
        """Some way to the end, always the next that looks best."""
        while label.k < self.count:
            _, label = min(self.expanded(label), key=lambda each: each[0])
        return label


def cheapest(menu: Menu, ask: Ask) -> Found:
    """The pattern with the least cost and prices, among those that use no closed place."""
    search = Search(menu, ask)
    first = _Label(0, 0, menu.carried, -1, 0, None)
    heap = [(search.least(0, menu.carried), 0, 0, first)]
    seen: set[tuple[int, Carried, int, int]] = set()
    pushed = 0
    while True:  # leaving a meeting out is always a way on, so the heap is never empty
        bound, _, _, label = heappop(heap)
        if len(seen) == ask.labels:
            label = search.dive(label)
        if label.k == search.count:
            return Found(bound, label.cost, _backwards(menu, label, ask.pick))
        key = (label.k, label.carried, label.meeting, label.places)
        if key not in seen:
            seen.add(key)
            for total, later in search.expanded(label):
                pushed += 1
                heappush(heap, (total, -later.k, pushed, later))


def _backwards(menu: Menu, last: _Label, pick: Pick) -> Pattern:
    """One of the patterns that a label stands for, from the last meeting to the first."""
    pattern: list[int | None] = [None] * last.k
    label: _Label | None = last
    after: int | None = None
    while label is not None and label.k:
        if label.meeting == label.k - 1:
            k, places = label.meeting, label.places
            if after is not None:
                places = _leading(menu, k, places, after, pattern[after])
            pattern[k], after = pick(places), k
        label = label.before
    return tuple(pattern)


def _leading(menu: Menu, k: int, places: int, later: int, place: int | None) -> int:
    """Those among some places of meeting ``k`` from which the cadence allows a place of a later one."""
    courses, unit = menu.courses, menu.unit
    start = courses[later].first + (place or 0) * unit - courses[k].first
    low = -(-(start - sum(c.farthest for c in courses[k + 1 : later + 1])) // unit)
    high = (start - sum(c.nearest for c in courses[k + 1 : later + 1])) // unit
    low = max(low, 0)
    return places & ((1 << (high + 1)) - 1) >> low << low
