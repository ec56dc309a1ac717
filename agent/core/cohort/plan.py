"""Places all due meetings of a programme together, and proves how good the plan is.

Component by component, so that what is not connected cannot influence each other and little is in memory at a time.
In each: what every relationship would choose alone (a first bound), a greedy plan, prices on what they compete for
(``bound``), plans that heed those prices, local search; then the optimizer, where there is one, on the same integers;
last, of what costs the same, what is nearer to when meetings are due (``due_days``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from agent.core.cohort.board import Board, Settled
from agent.core.cohort.bound import Ascent, Dual, evaluated, first
from agent.core.cohort.chance import Chance
from agent.core.cohort.components import components
from agent.core.cohort.coupling import Coupling
from agent.core.cohort.due_days import drawn_to_due_days
from agent.core.cohort.greedy import fill, regrets
from agent.core.cohort.improve import improve
from agent.core.cohort.problem import UNPLACED, Budget, Capacity, CohortPlan, Request

REPAIRS = 10
"""Rounds of prices between two plans that are made by them."""


@dataclass(frozen=True, slots=True)
class Answer(Settled):
    """A plan of one component, and the prices that prove how good it is."""

    dual: Dual

    @property
    def is_optimal(self) -> bool:
        """Whether nothing can cost less."""
        return self.dual.bound >= self.cost


class Optimizer(Protocol):
    """Something that takes an answer for one component further."""

    def __call__(self, coupling: Coupling, answer: Answer, budget: Budget, chance: Chance, /) -> Answer:
        """An answer whose cost and whose bound are both at least as good."""


def plan_cohort(
    requests: Sequence[Request],
    capacities: Mapping[str, Capacity],
    *,
    seed: int = 0,
    budget: Budget | None = None,
    progress: Callable[[int, int], None] | None = None,
    optimizer: Optimizer | None = None,
) -> CohortPlan:
    """Place every meeting of every request as cheaply as can be found, and say how much less any plan could cost.

    Somebody without a capacity has no limits. ``progress`` hears (requests done, all requests) after each component.
    The same requests, seed and budget give the same plan, in whatever order they come; another component more or less
    changes nothing in this one.
    """
    chosen: dict[str, tuple[int | None, ...]] = {}
    cost = bound = 0
    for part in components(requests):
        coupling = Coupling(part, capacities)
        answer = solve(coupling, seed, budget or Budget(), optimizer)
        cost, bound = cost + answer.cost, bound + answer.dual.bound
        for request, menu, pattern in zip(part, coupling.menus, answer.patterns, strict=True):
            chosen[request.id] = menu.starts(pattern)
        if progress is not None:
            progress(len(chosen), len(requests))
    missing = tuple((name, k) for name in sorted(chosen) for k, start in enumerate(chosen[name]) if start is None)
    return CohortPlan(chosen, missing, cost, bound, _gap(cost, bound, len(missing)))


def _gap(cost: int, bound: int, unplaced: int) -> float | None:
    placed = cost - unplaced * UNPLACED
    if cost == bound:
        return 0.0
    return (cost - bound) / placed if placed else None


def solve(coupling: Coupling, seed: int, budget: Budget, optimizer: Optimizer | None = None) -> Answer:
    """Plan one component."""
    chance = Chance(seed, coupling.menus[0].request.id)
    if optimizer is not None:  # its own prices are better, and a plan to start from need not be polished
        budget = replace(budget, rounds=0, tries=min(budget.tries, 2))
    answer = _searched(coupling, evaluated(coupling, {}, budget.labels, first), budget, chance)
    if optimizer is not None and not answer.is_optimal:
        answer = optimizer(coupling, answer, budget, chance)
    board = Board(coupling, budget.labels, chance)
    board.accept(answer.patterns)
    return replace(answer, patterns=drawn_to_due_days(board))


def _searched(coupling: Coupling, dual: Dual, budget: Budget, chance: Chance) -> Answer:
    """Plans by local search from greedy ones, now and then a new one by the prices that have been reached."""
    alone = [found.bound for found in dual.answers]
    board = Board(coupling, budget.labels, chance)
    loss = regrets(board, dual.answers)
    order = sorted(range(len(alone)), key=lambda number: (-loss[number], number))
    fill(board, order, {})
    improve(board, budget.tries, dual.bound, alone)
    best, ascent = board.settled(), Ascent(coupling, budget.labels, dual)
    for turn in range(1, budget.rounds + 1):
        if ascent.best.bound >= best.cost:
            break
        if not ascent.step():
            board = Board(coupling, budget.labels, chance)
            board.accept(found.pattern for found in ascent.now.answers)
            best = min(best, board.settled(), key=lambda each: each.cost)
            break
        if turn % REPAIRS == 0:
            board = Board(coupling, budget.labels, chance)
            fill(board, order, ascent.best.prices)
            improve(board, budget.tries, ascent.best.bound, alone)
            best = min(best, board.settled(), key=lambda each: each.cost)
    return Answer(best.patterns, best.cost, ascent.best)
