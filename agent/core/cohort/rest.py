"""A lower bound on what the remaining meetings of a relationship cost, given what its people have carried so far.

It is the program of ``cheapest`` without prices, without the cadence, and with nothing known of the past but the
difference of two people's grown sums, rounded to a lattice. Where the rounding may have made it too large, that much is
subtracted again: one unit of difference costs no more than ``slopes`` in all the meetings to come. Prices and closed
starts only make patterns dearer, so the table is filled once for each relationship, as far as it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from agent.core.cohort.course import SHARE, Carried, Course
from agent.core.cohort.problem import GRAIN, UNPLACED

LATTICE = 64 << 16
"""Distance between two differences at which the rest is known: a point, as it weighs at the first moment."""

FINE = 40
"""Bits after the point of a slope."""


class Rest:
    """The bound for one relationship. ``who`` are the two whose difference counts; in a pair that is all there is."""

    def __init__(self, courses: Sequence[Course], fairness: Fraction, who: tuple[int, int]) -> None:
        self._who, count = who, len(courses)
        self._adds = [[(group.units, self._seen(group.adds)) for group in course.groups] for course in courses]
        self._numerator = fairness.numerator * SHARE
        self._divisors = [fairness.denominator * course.weight for course in courses]
        self._least, self._slopes = [0] * (count + 1), [0] * (count + 1)
        for k in reversed(range(count)):
            self._least[k] = self._least[k + 1] + min((units for units, _ in self._adds[k]), default=UNPLACED)
            self._slopes[k] = self._slopes[k + 1] + (self._numerator << FINE) // self._divisors[k] + 1
        self._known: list[dict[int, int]] = [{} for _ in range(count)]

    def _seen(self, carried: Carried) -> int:
        return carried if isinstance(carried, int) else carried[self._who[0]] - carried[self._who[1]]

    def of(self, k: int, carried: Carried) -> int:
        """Units that meetings ``k`` and later cost at least."""
        return self._near(k, self._seen(carried))

    def _near(self, k: int, apart: int) -> int:
        if k == len(self._known):
            return 0
        node = (apart + LATTICE // 2) // LATTICE
        at = self._known[k].get(node)
        if at is None:
            at = self._known[k][node] = self._at(k, node * LATTICE)
        away = abs(apart - node * LATTICE)
        # each of the meetings to come rounds its cost down by less than a grain
        return max(at - (away * self._slopes[k] >> FINE) - (len(self._known) - k) * GRAIN, self._least[k])

    def _at(self, k: int, apart: int) -> int:
        divisor, numerator, least = self._divisors[k], self._numerator, self._least[k + 1]
        best = UNPLACED + self._near(k + 1, apart)
        for units, adds in self._adds[k]:
            if units + least >= best:
                break
            after = apart + adds
            here = units + numerator * abs(after) // divisor
            if here + least < best:
                best = min(best, here + self._near(k + 1, after))
        return best
