"""A proved lower bound by prices on rows: the Lagrangian bound.

Let every use of a row pay a price ``π >= 0`` and forget that the row has a cap. Then each relationship's cheapest
pattern can be found alone, and ``Σ cheapest_r(π) - Σ cap · π`` is below the cost of every plan: a plan pays its prices
too, and pays for a row at most ``cap · π``. Everything in it is an integer, so the proof has no rounding in it but that
up to the next multiple of ``GRAIN``, which every cost is. At no
prices it is the sum of what each relationship would have if it were alone. Prices follow the subgradient, how much a
row is overused, with the step of Polyak towards the best plan known; they are rounded to integers at each step.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from agent.core.cohort.chance import Chance
from agent.core.cohort.cheapest import Ask, Found, cheapest
from agent.core.cohort.coupling import Coupling
from agent.core.cohort.problem import GRAIN, POINT


@dataclass(frozen=True, slots=True)
class Dual:
    """Prices of rows, each menu's cheapest answer to them, and the bound that they prove."""

    bound: int
    prices: Mapping[int, int]
    answers: tuple[Found, ...]


def evaluated(
    coupling: Coupling,
    prices: Mapping[int, int],
    labels: int,
    chance: Chance,
    before: Dual | None = None,
    closed: Sequence[Sequence[int]] | None = None,
    anew: Collection[int] = (),
) -> Dual:
    """The bound that some prices prove, with some places closed (by menu and meeting; else the coupling's own).

    Answers of menus none of whose prices changed are taken from ``before``, but for those to be asked ``anew``.
    """
    shut = coupling.closed if closed is None else closed
    starts = coupling.prices(prices)
    answers = list(before.answers) if before else []
    old = before.prices if before else {}
    moved = {row for row in prices.keys() | old.keys() if prices.get(row, 0) != old.get(row, 0)}
    changed = {number for row in moved for number in coupling.rows[row]}.union(anew)
    for number, menu in enumerate(coupling.menus):
        if before is None or number in changed:
            found = cheapest(menu, Ask(starts[number], shut[number], labels, chance.pick))
            answers[number : number + 1] = [found]
    bound = sum(found.bound for found in answers) - sum(coupling.caps[row] * price for row, price in prices.items())
    return Dual(-(-bound // GRAIN) * GRAIN, prices, tuple(answers))


@dataclass
class Ascent:
    """Prices on their way up; ``best`` is the best bound so far."""

    coupling: Coupling
    labels: int
    chance: Chance
    best: Dual
    now: Dual = field(init=False)
    pace: float = 1.0
    idle: int = 0

    def __post_init__(self) -> None:
        """Begin where the best one is."""
        self.now = self.best

    def step(self, cost: int) -> bool:
        """Move the prices once towards a plan of this cost; False when no row asks for it."""
        excess = self._excess()
        norm = sum(each * each for each in excess.values())
        if not norm or self.best.bound >= cost:
            return False
        size = self.pace * max(cost - self.now.bound, POINT // 64) / norm
        prices = {row: max(self.now.prices.get(row, 0) + round(size * each), 0) for row, each in excess.items()}
        prices = {row: price for row, price in (dict(self.now.prices) | prices).items() if price}
        self.now = evaluated(self.coupling, prices, self.labels, self.chance, self.now)
        if self.now.bound > self.best.bound:
            self.best, self.idle = self.now, 0
        else:
            self.idle += 1
        if self.idle >= 4:
            self.pace, self.idle, self.now = self.pace / 2, 0, self.best
        return True

    def _excess(self) -> dict[int, int]:
        """How far each row is overused by the answers, of rows that have a price or need one."""
        used: dict[int, int] = {}
        for number, found in enumerate(self.now.answers):
            for row in self.coupling.uses(number, found.pattern):
                used[row] = used.get(row, 0) + 1
        caps = self.coupling.caps
        excess = {row: count - caps[row] for row, count in used.items() if count > caps[row]}
        return excess | {row: used.get(row, 0) - caps[row] for row in self.now.prices}
