"""A first plan: menus are put on the board one after the other, those first that would lose the most by waiting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.core.cohort.board import Board
from agent.core.cohort.cheapest import Found


def regrets(board: Board, alone: Sequence[Found]) -> list[int]:
    """For each menu, what its cheapest pattern costs more when the starts of the one it has alone are gone."""
    found = []
    for number, answer in enumerate(alone):
        closed = list(board.coupling.closed[number])
        for k, place in enumerate(answer.pattern):
            if place is not None:
                closed[k] |= 1 << place
        found.append(board.fitting(number, board.free[number], closed).value - answer.value)
    return found


def fill(board: Board, order: Sequence[int], prices: Mapping[int, int]) -> None:
    """Put each of these menus on the board, at the pattern that is cheapest there and then.

    Prices of rows, where some are known, make it leave to others what they need more.
    """
    starts = board.coupling.prices(prices)
    for number in order:
        board.put(number, board.best(number, starts[number]).pattern)
