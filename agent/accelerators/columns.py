"""Column generation for whole cohorts, with HiGHS (``attune-agent[optimizer]``).

A plan is one pattern for each relationship, under the rows that couple them: the Dantzig-Wolfe decomposition of the
problem. Its linear relaxation is solved over the patterns known so far; the row prices it gives are asked what they
make each relationship choose (the same program and the same integers as everywhere), and answers that are worth it join
in. Prices are drawn towards the best ones so far (Wentges' smoothing), which calms them. Every answer to prices rounded
to integers proves a Lagrangian bound, so no proof rests on floating point: HiGHS only suggests prices and plans.

When the relaxation is solved, patterns that no plan better than the best can contain, by their reduced cost, are
dropped (reduced-cost fixing), those that are missing are added, and an integer program picks the best of the rest. What
gap is left is closed by branching on a start (branch and price): a start is closed, or all that it excludes are.
The bound of the whole is then the least of the bounds of all branches, each of them proved as before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import islice

from agent.accelerators.columns_master import Master
from agent.core.cohort.bound import Dual, evaluated
from agent.core.cohort.chance import Chance
from agent.core.cohort.cheapest import Ask
from agent.core.cohort.coupling import At, Coupling
from agent.core.cohort.nearby import nearby
from agent.core.cohort.patterns import Pattern
from agent.core.cohort.plan import Answer
from agent.core.cohort.problem import GRAIN, Budget

SMOOTH = 0.6
"""Share of the best prices so far in those that are asked."""

ROUNDS = 60
"""Linear programs in one branch at most."""

BRANCHES = 40
"""Branchings in one component at most."""

Closed = list[list[int]]


@dataclass(frozen=True, slots=True)
class ColumnGeneration:
    """An optimizer for ``plan_cohort``; it raises ``OptimizerMissing`` where HiGHS is not installed."""

    def __call__(self, coupling: Coupling, answer: Answer, budget: Budget, chance: Chance, /) -> Answer:
        """Better prices, the best plan that can be made of what they brought up, and branches where a gap is left."""
        return _Run(coupling, answer, budget, chance).finished()


class _Run:
    """The work on one component."""

    def __init__(self, coupling: Coupling, answer: Answer, budget: Budget, chance: Chance) -> None:
        self.coupling, self.answer, self.budget, self.chance = coupling, answer, budget, chance
        self.master = Master(coupling, answer.patterns)

    def finished(self) -> Answer:
        """Root, integer program, branches."""
        root = [list(each) for each in self.coupling.closed]
        dual, split = self.priced(self.answer.dual, root)
        self.answer = replace(self.answer, dual=dual)
        for known in (True, False):
            if not self.answer.is_optimal:
                self.picked(known)
        if not self.answer.is_optimal:
            self.branched(root, split)
        return self.answer

    def priced(self, dual: Dual, closed: Closed) -> tuple[Dual, At | None]:
        """Solve the relaxation with some places closed: the best bound, and a start that it takes only in part."""
        master, best, now = self.master, dual, dual
        master.add(_answers(now))
        master.shut(closed)
        for _ in range(ROUNDS):
            value, prices = master.relaxed()
            if best.bound >= min(self.answer.cost, value - GRAIN // 4):
                break
            fresh = 0
            for share in (SMOOTH, 0.0):
                mixed = _mixed(best.prices, prices, share)
                now = evaluated(self.coupling, mixed, self.budget.labels, self.chance.pick, now, closed)
                best = max(best, now, key=lambda each: each.bound)
                fresh = fresh or master.add(_answers(now))
            if not fresh:
                break
        return best, self.split()

    def split(self) -> At | None:
        """The start nearest to one half in the last solution; a plan where there is none, which is kept if better."""
        parts: dict[At, float] = {}
        chosen: dict[int, Pattern] = {}
        for (number, pattern), share in zip(self.master.columns, self.master.shares(), strict=False):
            if share > 1e-6:
                chosen[number] = pattern
                for k, place in enumerate(pattern):
                    if place is not None:
                        at = At(number, k, place)
                        parts[at] = parts.get(at, 0.0) + share
        partly = [at for at, part in parts.items() if 1e-4 < part < 1 - 1e-4]
        if partly:
            return min(partly, key=lambda each: (abs(parts[each] - 0.5), each))
        if len(chosen) == len(self.coupling.menus):
            self.offer([chosen[number] for number in range(len(chosen))])
        return None

    def offer(self, patterns: Sequence[Pattern]) -> None:
        """Keep a plan if it holds and is the best so far."""
        cost = sum(menu.cost(pattern) for menu, pattern in zip(self.coupling.menus, patterns, strict=True))
        if cost < self.answer.cost and self.coupling.fits(patterns):
            self.answer = replace(self.answer, patterns=tuple(patterns), cost=cost)

    def picked(self, known: bool) -> None:
        """The integer program over patterns that a better plan could contain: those known, or all the budget allows."""
        coupling, dual = self.coupling, self.answer.dual
        slack, starts = self.answer.cost - dual.bound, coupling.prices(dual.prices)
        kept = Master(coupling, self.answer.patterns)
        for (number, pattern), cost in zip(self.master.columns, self.master.costs, strict=True):
            value = cost + sum(
                starts[number][k].get(place or 0, 0) for k, place in enumerate(pattern) if place is not None
            )
            if value - dual.answers[number].bound < slack:
                kept.add([(number, pattern)])
        each = 0 if known else self.budget.columns // len(coupling.menus)
        for number, menu in enumerate(coupling.menus):
            below = dual.answers[number].bound + slack
            ask = Ask(starts[number], coupling.closed[number], self.budget.labels, self.chance.pick, below)
            kept.add((number, pattern) for pattern in islice(nearby(menu, ask), each))
        if (found := kept.whole(self.answer.patterns, self.budget.nodes)) is not None:
            self.offer(found)

    def branched(self, root: Closed, split: At | None) -> None:
        """Branch, the weakest bound first, until no branch can hold a better plan or the budget is spent."""
        dual = self.answer.dual
        least, serial = self.answer.cost, 0
        heap = [(dual.bound, serial, dual, root, split)]
        for _ in range(BRANCHES):
            if not heap or heap[0][0] >= self.answer.cost:
                break
            bound, _, parent, closed, at = heappop(heap)
            if at is None:
                least = min(least, bound)
                continue
            for shut in _sides(self.coupling, closed, at):
                anew = [number for number, places in enumerate(shut) if places != closed[number]]
                start = evaluated(
                    self.coupling, parent.prices, self.budget.labels, self.chance.pick, parent, shut, anew
                )
                child, next_at = self.priced(start, shut)
                serial += 1
                heappush(heap, (max(child.bound, bound), serial, child, shut, next_at))
        bound = min([least, self.answer.cost, *(branch[0] for branch in heap)])
        self.answer = replace(self.answer, dual=replace(dual, bound=max(bound, dual.bound)))


def _sides(coupling: Coupling, closed: Closed, at: At) -> tuple[Closed, Closed]:
    """Closed places without a start, and with it: then its meeting has to be placed, and nothing clashes with it."""
    without, within = [list(each) for each in closed], [list(each) for each in closed]
    without[at.menu][at.meeting] |= 1 << at.place
    course = coupling.menus[at.menu].courses[at.meeting]
    for place in (*course.group_of, course.out):
        within[at.menu][at.meeting] |= (place != at.place) << place
    for row in coupling.used_by[at]:
        if coupling.caps[row] == 1:
            for other in (each for uses in coupling.rows[row].values() for each in uses if each != at):
                within[other.menu][other.meeting] |= 1 << other.place
    return without, within


def _answers(dual: Dual) -> list[tuple[int, Pattern]]:
    return [(number, found.pattern) for number, found in enumerate(dual.answers)]


def _mixed(old: Mapping[int, int], new: Mapping[int, int], share: float) -> dict[int, int]:
    mixed = {
        row: round(share * old.get(row, 0) + (1 - share) * new.get(row, 0)) for row in sorted(old.keys() | new.keys())
    }
    return {row: price for row, price in mixed.items() if price}
