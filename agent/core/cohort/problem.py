"""What a whole cohort asks for and what it is given: requests, what each person can take, and the plan.

The words of this package:

- a *request* is one relationship with all of its meetings that are due in the horizon;
- a *pattern* is one answer to a request: a start for each of its meetings, or None for one that is not placed;
- a *plan* is one pattern for each request, such that nobody's meetings overlap and nobody's limits are passed.

The cost of a pattern is an integer, exactly defined, and the only one that search, optimizer and bound ever speak of.
Its unit is 2⁻²⁰ of a point, and it is a multiple of 2¹⁰ of them. ``patterns`` says how it is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

POINT = 2**20
"""Units of cost in a point of burden."""

GRAIN = 2**10
"""Every cost is a multiple of this many units. Prices are not: so a bound found by prices can be rounded up to the next
multiple, and prices rounded to whole units lose nothing."""

UNPLACED = 2**20 * POINT
"""Cost of a meeting that is not placed: a million points. The worst hour of the day for a circle of thirty costs less
than a twentieth of it, so placing comes first."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A start that is feasible for everybody as far as they can be looked at alone.

    ``start`` is a UTC minute; ``burden`` has one entry for each of the request's people, in their order, in 1/64 of a
    point (every price of ``meter`` is a multiple of that).
    """

    start: int
    burden: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """A meeting that is due: its candidates by start, each start once; lengths are minutes.

    ``days_off`` has, for each candidate, the days between its day and the one on which the meeting is due: it decides
    between what costs the same. Empty, any of that is as good.
    """

    candidates: tuple[Candidate, ...]
    duration: int
    before: int = 0
    after: int = 0
    days_off: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A relationship and its meetings that are due, in the order in which they will be held.

    ``every`` and ``window`` are minutes: from the start of one meeting to that of the next it is ``every ± window``,
    both ends included; over a meeting that is not placed both ends count twice. ``0 <= window < every``.
    ``ledger`` is what each of ``people`` has carried so far, in 1/64 of a point as it counts at the minute ``as_of``.
    ``fairness`` is λ, ``0 <= λ < 1``.
    """

    id: str
    people: tuple[str, ...]
    meetings: tuple[Due, ...]
    every: int
    window: int
    ledger: tuple[int, ...] = ()
    as_of: int = 0
    fairness: Fraction = Fraction(1, 2)

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if not 0 <= self.window < self.every:
            raise ValueError("a window is narrower than the distance between meetings")
        if not 0 <= self.fairness < 1:
            raise ValueError(f"fairness must be at least 0 and below 1, not {self.fairness}")
        if len(self.people) < 2 or len(set(self.people)) < len(self.people):
            raise ValueError("a relationship is of two different people or more")
        if self.ledger and len(self.ledger) != len(self.people):
            raise ValueError("a ledger has one entry for each person")
        for due in self.meetings:
            starts = [candidate.start for candidate in due.candidates]
            if any(later <= earlier for earlier, later in pairwise(starts)):
                raise ValueError("candidates are in order of their starts, each start once")
            if due.days_off and len(due.days_off) != len(starts):
                raise ValueError("days off are given for each candidate, or for none")
            if any(len(candidate.burden) != len(self.people) for candidate in due.candidates):
                raise ValueError("a burden has one entry for each person")


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many meetings one person can have, across all relationships.

    ``day_of`` and ``week_of`` give the person's local day and local week of each candidate start as any integer that
    tells them apart; one mapping may serve everybody in a zone. ``held_days`` and ``held_weeks`` count, by the same
    integers, the meetings that stand already and are not planned anew.
    """

    day_of: Mapping[int, int]
    week_of: Mapping[int, int]
    per_day: int
    per_week: int
    held_days: Mapping[int, int] = field(default_factory=dict)
    held_weeks: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Budget:
    """How much work a plan may cost, counted and not timed, so that the same budget gives the same plan anywhere.

    ``labels`` bounds one search for a best pattern, ``rounds`` the rounds of price adjustment of one component,
    ``tries`` the rounds of local search of one component. ``columns`` and ``nodes`` bound the optimizer: patterns in
    one integer program, and its branch-and-bound nodes.
    """

    labels: int = 2000
    rounds: int = 60
    tries: int = 12
    columns: int = 60_000
    nodes: int = 2000


@dataclass(frozen=True, slots=True)
class CohortPlan:
    """Where every meeting is placed, what that costs, and how much less any plan could cost.

    ``placements`` gives for each request the start of each of its meetings, None where it is not placed; ``unplaced``
    names those as (request, place in its meetings, from 0). ``cost`` and ``lower_bound`` are in units of 2⁻²⁰ point,
    ``UNPLACED`` included. The bound is proved in integers: no plan costs less. ``gap`` is the difference as a share of
    what the placed meetings cost, so that an unplaced one cannot hide it; 0 means that the plan is optimal, and it is
    None where what is placed costs nothing and yet optimality is not proved.
    """

    placements: Mapping[str, tuple[int | None, ...]]
    unplaced: tuple[tuple[str, int], ...]
    cost: int
    lower_bound: int
    gap: float | None
