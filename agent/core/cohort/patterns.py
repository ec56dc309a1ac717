"""One relationship's patterns: which there are, and what each of them costs, exactly and in integers.

The cost of a pattern is the sum over its meetings of ``Σ burden + λ · (max - min of the ledger after it)``, with the
ledger of ``burden``. All candidates of one meeting are compared with the ledger as it counts at one moment, that of
the meeting's first candidate, as ``slots.price`` compares all slots of a search. Instead of letting earlier points
fade, later ones are let grow: with ``g_k = round(2¹⁶ · 2^(minutes since the first moment / half-life))`` the ledger
after meeting ``k`` is ``Σ_j g_j · burden_j / g_k``. The sums are integers, so a cost is rounded once for each meeting,
downwards to a multiple of ``GRAIN``, when λ times the spread is divided by ``g_k``.

What the past does to the future is therefore one number in a pair, the difference of the two grown sums; in a circle it
is the sums themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd
from operator import add

from agent.core.cohort.course import SHARE, Carried, Course, Group, growth
from agent.core.cohort.problem import GRAIN, UNPLACED, Due, Request
from agent.core.cohort.rest import Rest

Pattern = tuple[int | None, ...]
"""For each meeting the place of its start among ``Menu.places``, None where it is not placed."""


class Menu:
    """What one relationship can choose from."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.is_pair = len(request.people) == 2
        starts = [c.start for due in request.meetings for c in due.candidates]
        origin = min(starts, default=request.as_of)
        self.unit = gcd(*(start - origin for start in starts)) or 1
        fresh = [growth(min(request.as_of, origin) - origin) * points for points in request.ledger]
        self.carried = self._carried(fresh or [0] * len(request.people))
        self.courses: list[Course] = []
        moment, before = origin, Due((), 0)
        for due in request.meetings:
            moment = max(moment, due.candidates[0].start) if due.candidates else moment
            self.courses.append(self._course(due, before, moment, growth(moment - origin)))
            before = due
        self.rest = Rest(self.courses, request.fairness, (0, 0) if self.is_pair else _most_apart(request))

    def _carried(self, sums: Sequence[int]) -> Carried:
        return sums[0] - sums[1] if self.is_pair else tuple(sums)

    def _course(self, due: Due, before: Due, moment: int, weight: int) -> Course:
        every, window = self.request.every, self.request.window
        first = due.candidates[0].start if due.candidates else moment
        masks: dict[tuple[int, ...], int] = {}
        for candidate in due.candidates:
            place = (candidate.start - first) // self.unit
            masks[candidate.burden] = masks.get(candidate.burden, 0) | 1 << place
        order = sorted(masks, key=lambda burden: (sum(burden), burden))
        groups = [Group(sum(b) * SHARE, self._carried([weight * points for points in b]), masks[b]) for b in order]
        number = {burden: i for i, burden in enumerate(order)}
        group_of = {(c.start - first) // self.unit: number[c.burden] for c in due.candidates}
        nearest = max(every - window, before.duration + max(before.after, due.before))
        return Course(first, weight, nearest, every + window, tuple(groups), group_of)

    def moved(self, carried: Carried, adds: Carried) -> Carried:
        """The sums after a meeting."""
        if isinstance(carried, int):
            return carried + adds  # type: ignore[operator]  # a pair's meetings add numbers
        return tuple(map(add, carried, adds))  # type: ignore[arg-type]  # a circle's add tuples

    def imbalance(self, k: int, carried: Carried) -> int:
        """Units that the spread of the sums costs after meeting ``k``."""
        spread = abs(carried) if isinstance(carried, int) else max(carried) - min(carried)
        fairness = self.request.fairness
        grains = fairness.numerator * (SHARE // GRAIN) * spread // (fairness.denominator * self.courses[k].weight)
        return grains * GRAIN

    def cost(self, pattern: Pattern) -> int:
        """What a pattern costs, in units of 2⁻²⁰ of a point; whether it keeps the cadence is not asked."""
        total, carried = 0, self.carried
        for k, (place, course) in enumerate(zip(pattern, self.courses, strict=True)):
            if place is None:
                total += UNPLACED
                continue
            group = course.groups[course.group_of[place]]
            carried = self.moved(carried, group.adds)
            total += group.units + self.imbalance(k, carried)
        return total

    def starts(self, pattern: Pattern) -> tuple[int | None, ...]:
        """The same pattern in minutes."""
        return tuple(
            None if place is None else course.first + place * self.unit
            for place, course in zip(pattern, self.courses, strict=True)
        )


def _most_apart(request: Request) -> tuple[int, int]:
    """The two of a circle whose burdens differ the most."""
    totals = [0] * len(request.people)
    for due in request.meetings:
        for candidate in due.candidates:
            totals = [total + points for total, points in zip(totals, candidate.burden, strict=True)]
    return totals.index(max(totals)), totals.index(min(totals))
