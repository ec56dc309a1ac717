"""What ties the relationships of one component together, as rows ``Σ uses <= cap`` over the starts of all of them.

- A local day or week of a person: the meetings in it are at most the limit less what stands there already.
- No two at once. Of two meetings the first's ``after`` or the second's ``before`` has to fit between, whichever is
  larger, so they clash exactly when the stretches ``[start, end + after)`` share a minute or the stretches
  ``[start - before, end)`` do. Stretches share a minute when they share the beginning of one of them, so for each of a
  person's beginnings at most one stretch covers it: the cliques of an interval graph, the strongest rows there are.
  Where every ``after`` is at least as long as every ``before`` the second kind says nothing new, and the other way
  round.

Rows that cannot be broken are left out, and so is what one person alone does: a menu keeps its own cadence.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from agent.core.cohort.patterns import Menu, Pattern
from agent.core.cohort.problem import Capacity, Request


class At(NamedTuple):
    """One start: of which relationship's menu, for which of its meetings, at which place."""

    menu: int
    meeting: int
    place: int


Row = dict[int, list[At]]
"""The starts that use a row, by menu."""


class Coupling:
    """The menus of one component, the rows between them, and the starts that are closed from the outset."""

    def __init__(self, requests: Sequence[Request], capacities: Mapping[str, Capacity]) -> None:
        self.menus = [Menu(request) for request in requests]
        self.caps: list[int] = []
        self.rows: list[Row] = []
        self.used_by: dict[At, list[int]] = defaultdict(list)
        self.closed = [[0] * len(menu.courses) for menu in self.menus]
        self.touched: list[list[int]] = [[] for _ in requests]
        of: dict[str, list[int]] = defaultdict(list)
        for number, request in enumerate(requests):
            for person in request.people:
                of[person].append(number)
        for person, menus in of.items():
            if person in capacities:
                self._limits(menus, capacities[person])
            if len(menus) > 1:
                self._one_at_a_time(menus)

    def _starts(self, menus: Iterable[int]) -> Iterator[tuple[int, At]]:
        for number in menus:
            menu = self.menus[number]
            for k, course in enumerate(menu.courses):
                for place in course.group_of:
                    yield course.first + place * menu.unit, At(number, k, place)

    def _limits(self, menus: Sequence[int], capacity: Capacity) -> None:
        for key_of, held, limit in (
            (capacity.day_of, capacity.held_days, capacity.per_day),
            (capacity.week_of, capacity.held_weeks, capacity.per_week),
        ):
            within: dict[int, list[At]] = defaultdict(list)
            for start, at in self._starts(menus):
                within[key_of[start]].append(at)
            for key, uses in within.items():
                free = limit - held.get(key, 0)
                if free < 1:
                    self._close(uses)
                elif len({(at.menu, at.meeting) for at in uses}) > free:
                    self._add(uses, free)

    def _close(self, uses: Iterable[At]) -> None:
        for at in uses:
            self.closed[at.menu][at.meeting] |= 1 << at.place

    def _add(self, uses: Iterable[At], cap: int) -> None:
        row: Row = defaultdict(list)
        for at in uses:
            row[at.menu].append(at)
            self.used_by[at].append(len(self.rows))
        for number in row:
            self.touched[number].append(len(self.rows))
        self.rows.append(dict(row))
        self.caps.append(cap)

    def _one_at_a_time(self, menus: Sequence[int]) -> None:
        starts = list(self._starts(menus))
        shapes = {at: self.menus[at.menu].request.meetings[at.meeting] for _, at in starts}
        dues = list(shapes.values())
        rooms = [(due.before, due.after) for due in dues]
        if not rooms:
            return
        longest_before, shortest_after = max(b for b, _ in rooms), min(a for _, a in rooms)
        shortest_before, longest_after = min(b for b, _ in rooms), max(a for _, a in rooms)
        if shortest_after >= longest_before or shortest_before < longest_after:
            self._cliques([(s, s + shapes[at].duration + shapes[at].after, at) for s, at in starts])
        if shortest_after < longest_before:
            self._cliques([(s - shapes[at].before, s + shapes[at].duration, at) for s, at in starts])

    def _cliques(self, stretches: list[tuple[int, int, At]]) -> None:
        beginnings = sorted({first for first, _, _ in stretches})
        covered: list[list[At]] = [[] for _ in beginnings]
        for first, end, at in sorted(stretches):
            for i in range(bisect_right(beginnings, first) - 1, bisect_left(beginnings, end)):
                covered[i].append(at)
        for i, uses in enumerate(covered):
            later = covered[i + 1] if i + 1 < len(covered) else []
            if len({at.menu for at in uses}) > 1 and not set(uses) <= set(later):
                self._add(uses, 1)

    def uses(self, number: int, pattern: Pattern) -> Iterator[int]:
        """Rows that a pattern of a menu uses, one as often as it does."""
        for k, place in enumerate(pattern):
            if place is not None:
                yield from self.used_by.get(At(number, k, place), ())

    def fits(self, patterns: Sequence[Pattern]) -> bool:
        """Whether patterns of all menus, one each, can stand together."""
        full = [0] * len(self.caps)
        for number, pattern in enumerate(patterns):
            for row in self.uses(number, pattern):
                full[row] += 1
        return all(used <= cap for used, cap in zip(full, self.caps, strict=True))

    def prices(self, prices: Mapping[int, int]) -> list[list[dict[int, int]]]:
        """Prices of starts, by menu and meeting, that prices of rows make."""
        found: list[list[dict[int, int]]] = [[{} for _ in menu.courses] for menu in self.menus]
        for row, price in prices.items():
            for number, uses in self.rows[row].items():
                for at in uses:
                    mine = found[number][at.meeting]
                    mine[at.place] = mine.get(at.place, 0) + price
        return found
