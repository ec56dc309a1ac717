"""Local search: each move takes a few menus off the board, puts them back better, or undoes itself.

Two moves. *Again* gives one menu its cheapest pattern among what the others leave. *Ejection* gives a menu the pattern
it would have if a few others stepped aside, and lets those find new ones, the one with the least freedom first. A move
that costs nothing is kept, so that the search drifts along ties instead of standing still.
"""

from __future__ import annotations

from collections.abc import Sequence

from agent.core.cohort.board import Board
from agent.core.cohort.patterns import Pattern

AT_MOST = 4
"""Menus that one ejection moves aside."""


def improve(board: Board, tries: int, bound: int, alone: Sequence[int]) -> None:
    """Make up to so many rounds over all menus, until the bound is reached or two rounds in a row have gained nothing.

    ``alone`` is what each menu costs at the least.
    """
    order, idle = list(range(len(board.patterns))), 0
    for _ in range(tries):
        before = board.cost
        if before <= bound or idle > 1:
            break
        board.chance.shuffle(order)
        for number in order:
            if board.costs[number] > alone[number]:
                _again(board, number)
                _eject(board, number)
        idle = 0 if board.cost < before else idle + 1


def _again(board: Board, number: int) -> None:
    board.take(number)
    board.put(number, board.best(number).pattern)


def _eject(board: Board, number: int) -> None:
    """Try the pattern a menu would have if those in its way stepped aside; keep what is not worse."""
    coupling = board.coupling
    wanted = board.dream(number)
    blockers = board.blockers(number, wanted)
    if not blockers or len(blockers) > AT_MOST:
        return
    before = board.cost
    undo: dict[int, Pattern] = {each: board.take(each) for each in (number, *blockers)}
    board.put(number, board.best(number).pattern)
    blockers.sort(key=lambda each: sum(len(course.group_of) for course in coupling.menus[each].courses))
    for each in blockers:
        board.put(each, board.best(each).pattern)
    if board.cost > before:
        for each in undo:
            board.take(each)
        for each, pattern in undo.items():
            board.put(each, pattern)
