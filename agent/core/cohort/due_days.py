"""Among plans that cost the same, one nearer to the days on which meetings are due: a last pass that changes no cost.

Every cost is a multiple of ``GRAIN`` units and prices are not, so prices that come to less than a grain for a whole
pattern decide between patterns of equal cost and nothing else. One relationship after the other is asked for its best
pattern by such prices, among what all others leave, until none finds a better one. Of what is equally near the earliest
is taken, the last meeting first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.core.cohort.board import Board
from agent.core.cohort.bound import first
from agent.core.cohort.cheapest import Prices
from agent.core.cohort.coupling import Coupling
from agent.core.cohort.patterns import Menu, Pattern
from agent.core.cohort.problem import GRAIN

TURNS = 3
"""Rounds at most: one over all menus, then over those that a move may have made room for, which it seldom has."""


def drawn_to_due_days(board: Board) -> tuple[Pattern, ...]:
    """Patterns as good as those on a full board, each as near to its due days as the others let it be."""
    board.pick = first
    prices = [_prices(menu) for menu in board.coupling.menus]
    asked = set(range(len(prices)))
    for _ in range(TURNS):
        moved = [number for number in sorted(asked) if _moved(board, number, prices[number])]
        asked = {other for number in moved for other in _beside(board.coupling, number)}
    return board.settled().patterns


def _beside(coupling: Coupling, number: int) -> Iterator[int]:
    """The menus that a move of one may have made room for."""
    return (other for row in coupling.touched[number] for other in coupling.rows[row] if other != number)


def _prices(menu: Menu) -> Prices:
    """Days from the due one for each place; those beyond what a grain can hold count alike."""
    most = (GRAIN - 1) // max(len(menu.courses), 1)
    found: list[dict[int, int]] = []
    for course, due in zip(menu.courses, menu.request.meetings, strict=True):
        places = ((each.start - course.first) // menu.unit for each in due.candidates)
        found.append({place: min(days, most) for place, days in zip(places, due.days_off, strict=False) if days})
    return found


def _moved(board: Board, number: int, prices: Prices) -> bool:
    """Give a menu the nearest pattern that costs what its own does; whether that is another one."""
    menu, before = board.coupling.menus[number], board.take(number)
    found = board.best(number, prices).pattern
    better = menu.cost(found) == menu.cost(before) and _standing(menu, found, prices) < _standing(menu, before, prices)
    board.put(number, found if better else before)
    return better


def _standing(menu: Menu, pattern: Pattern, prices: Prices) -> tuple[int, Sequence[int]]:
    """How far a pattern is from its due days, then its starts from the last to the first; less is better."""
    away = sum(own.get(place, 0) for own, place in zip(prices, pattern, strict=True) if place is not None)
    return away, [start or 0 for start in reversed(menu.starts(pattern))]
