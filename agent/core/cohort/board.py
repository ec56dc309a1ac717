"""A plan in the making: the pattern of each menu of a component, and how full that makes each row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.core.cohort.chance import Chance
from agent.core.cohort.cheapest import Ask, Found, Pick, Prices, cheapest
from agent.core.cohort.coupling import Coupling
from agent.core.cohort.patterns import Pattern


@dataclass(frozen=True, slots=True)
class Settled:
    """A whole plan of a component: a pattern for each of its menus, and what they cost together."""

    patterns: tuple[Pattern, ...]
    cost: int


class Board:
    """Patterns that fit together; None for a menu that is off the board. ``cost`` is that of those on it.

    ``pick`` chooses among equals: any of them, by chance, where nobody says otherwise.
    """

    def __init__(self, coupling: Coupling, labels: int, chance: Chance) -> None:
        self.coupling, self.labels, self.chance = coupling, labels, chance
        self.pick: Pick = chance.pick
        self.patterns: list[Pattern | None] = [None] * len(coupling.menus)
        self.costs = [0] * len(coupling.menus)
        self.full = [0] * len(coupling.caps)
        self.free: list[Prices] = [[{} for _ in menu.courses] for menu in coupling.menus]

    @property
    def cost(self) -> int:
        """What everything on the board costs."""
        return sum(self.costs)

    def settled(self) -> Settled:
        """The plan on the board; every menu has to be on it."""
        return Settled(tuple(pattern or () for pattern in self.patterns), self.cost)

    def put(self, number: int, pattern: Pattern) -> None:
        """Set the pattern of a menu that is off the board; it has to fit."""
        self.patterns[number] = pattern
        self.costs[number] = self.coupling.menus[number].cost(pattern)
        for row in self.coupling.uses(number, pattern):
            self.full[row] += 1

    def accept(self, patterns: Iterable[Pattern]) -> None:
        """Set the patterns of all menus on an empty board; they have to fit."""
        for number, pattern in enumerate(patterns):
            self.put(number, pattern)

    def take(self, number: int) -> Pattern:
        """Take a menu off the board and return the pattern it had."""
        pattern = self.patterns[number] or ()
        for row in self.coupling.uses(number, pattern):
            self.full[row] -= 1
        self.patterns[number], self.costs[number] = None, 0
        return pattern

    def best(self, number: int, prices: Prices | None = None) -> Found:
        """The cheapest pattern of a menu, off the board, that fits with everything on it."""
        closed = list(self.coupling.closed[number])
        for row in self.coupling.touched[number]:
            if self.full[row] >= self.coupling.caps[row]:
                for at in self.coupling.rows[row][number]:
                    closed[at.meeting] |= 1 << at.place
        return self.fitting(number, self.free[number] if prices is None else prices, closed)

    def fitting(self, number: int, prices: Prices, closed: Sequence[int]) -> Found:
        """The cheapest pattern without the closed places that does not pass a limit by itself."""
        shut = list(closed)
        while True:
            ask = Ask(prices, shut, self.labels, self.pick)
            found = cheapest(self.coupling.menus[number], ask)
            over = self._passed(number, found.pattern)
            if over is None:
                return found
            last = max(at for at in self.coupling.rows[over][number] if found.pattern[at.meeting] == at.place)
            for at in self.coupling.rows[over][number]:
                if at.meeting == last.meeting:
                    shut[at.meeting] |= 1 << at.place

    def _passed(self, number: int, pattern: Pattern) -> int | None:
        """A row that this pattern makes too full together with the others."""
        uses = list(self.coupling.uses(number, pattern))
        return next((row for row in uses if self.full[row] + uses.count(row) > self.coupling.caps[row]), None)

    def dream(self, number: int) -> Pattern:
        """A pattern that a menu could have if it were alone."""
        ask = Ask(self.free[number], self.coupling.closed[number], self.labels, self.pick)
        return cheapest(self.coupling.menus[number], ask).pattern

    def blockers(self, number: int, pattern: Pattern) -> list[int]:
        """Menus on the board without which a pattern would fit."""
        rows = {row for row in self.coupling.uses(number, pattern) if self.full[row] >= self.coupling.caps[row]}
        found = {
            other
            for row in rows
            for other, uses in self.coupling.rows[row].items()
            if other != number and self._uses_any(other, uses)
        }
        return sorted(found)

    def _uses_any(self, number: int, uses: Iterable[tuple[int, int, int]]) -> bool:
        pattern = self.patterns[number]
        return pattern is not None and any(pattern[meeting] == place for _, meeting, place in uses)
