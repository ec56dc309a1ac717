"""One meeting of a relationship, ready for the search: its candidates grouped by what they cost and add."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp2

from agent.core.burden import HALF_LIFE
from agent.core.cohort.problem import POINT

Carried = int | tuple[int, ...]
"""Grown sums of burden: their difference in a pair, all of them in a circle."""

SHARE = POINT // 64
"""Units of cost in 1/64 of a point."""

ONE = 2**16
"""The weight of a point at the first moment."""


@dataclass(frozen=True, slots=True)
class Group:
    """Candidates of one meeting that burden everybody alike: units of cost, what they add to the sums, their places."""

    units: int
    adds: Carried
    mask: int


@dataclass(frozen=True, slots=True)
class Course:
    """One meeting, ready for the search.

    The places of its candidates are bits, ``Menu.unit`` minutes apart, bit 0 the minute ``first``. ``weight`` is its
    ``g_k``; ``nearest`` and ``farthest`` bound the minutes from the meeting before it to this one.
    """

    first: int
    weight: int
    nearest: int
    farthest: int
    groups: tuple[Group, ...]
    group_of: dict[int, int]

    @property
    def out(self) -> int:
        """The bit that stands for leaving the meeting out, above all places: closed, the meeting has to be placed."""
        return max(self.group_of, default=-1) + 1


def growth(minutes: int) -> int:
    """What a point weighs so long after the first moment (minutes), or before it."""
    return round(ONE * exp2(minutes / HALF_LIFE))
