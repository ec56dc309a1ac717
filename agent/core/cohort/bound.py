"""A proved lower bound by prices on rows: the Lagrangian bound.

Let every use of a row pay a price ``π >= 0`` and forget that the row has a cap. Then each relationship's cheapest
pattern can be found alone, and ``Σ cheapest_r(π) - Σ cap · π`` is below the cost of every plan: a plan pays its prices
too, and pays for a row at most ``cap · π``. Everything in it is an integer, so the proof has no rounding in it but that
up to the next multiple of ``GRAIN``, which every cost is. At no prices it is the sum of what each relationship would
have if it were alone.

Prices follow the signs of the subgradient: up where a row is overused, down where it has a price and room. Each row has
a stride of its own, which grows while the sign stays and is halved when it turns (resilient steps, Rprop): conflicts
are many, small and far apart, and one stride for all, such as Polyak's, is ruled by the largest. Ties are broken the
same way each time, so that a small price is enough to part two who only met by chance.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from agent.core.cohort.cheapest import Ask, Found, Pick, cheapest
from agent.core.cohort.coupling import Coupling
from agent.core.cohort.problem import GRAIN, POINT

STRIDE = POINT // 4
"""The first step of a price."""


@dataclass(frozen=True, slots=True)
class Dual:
    """Prices of rows, each menu's cheapest answer to them, and the bound that they prove."""

    bound: int
    prices: Mapping[int, int]
    answers: tuple[Found, ...]


def first(mask: int) -> int:
    """The lowest of the set bits."""
    return (mask & -mask).bit_length() - 1


def evaluated(
    coupling: Coupling,
    prices: Mapping[int, int],
    labels: int,
    pick: Pick,
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
            found = cheapest(menu, Ask(starts[number], shut[number], labels, pick))
            answers[number : number + 1] = [found]
    bound = sum(found.bound for found in answers) - sum(coupling.caps[row] * price for row, price in prices.items())
    return Dual(-(-bound // GRAIN) * GRAIN, prices, tuple(answers))


@dataclass
class Ascent:
    """Prices on their way up; ``best`` is the best bound so far."""

    coupling: Coupling
    labels: int
    best: Dual
    now: Dual = field(init=False)
    steps: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin where the best one is."""
        self.now = self.best

    def step(self) -> bool:
        """Move the prices once; False when no row asks for it: then the answers are a plan, and a best one."""
        excess = self._excess()
        if not excess:
            return False
        prices = dict(self.now.prices)
        for row, over in excess.items():
            price = prices.pop(row, 0) + self._stride(row, over > 0)
            if price > 0:
                prices[row] = price
        self.now = evaluated(self.coupling, prices, self.labels, first, self.now)
        if self.now.bound > self.best.bound:
            self.best = self.now
        return True

    def _stride(self, row: int, up: bool) -> int:
        before = self.steps.get(row, 0)
        size = STRIDE if not before else abs(before) * 13 // 10 if (before > 0) is up else abs(before) // 2
        self.steps[row] = max(size, 1) if up else -max(size, 1)
        return self.steps[row]

    def _excess(self) -> dict[int, int]:
        """How far each row is overused by the answers, or underused in spite of a price; none that is neither."""
        used = dict.fromkeys(self.now.prices, 0)
        for number, found in enumerate(self.now.answers):
            for row in self.coupling.uses(number, found.pattern):
                used[row] = used.get(row, 0) + 1
        caps, prices = self.coupling.caps, self.now.prices
        return {row: n - caps[row] for row, n in used.items() if n > caps[row] or (n < caps[row] and row in prices)}
