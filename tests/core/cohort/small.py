"""Small cohorts, and a judge of plans that shares nothing with the planner but the value types.

The judge works out costs in fractions and looks at every pair of meetings; the best plan it finds by trying all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import floor

from hypothesis import strategies as st

from agent.core.cohort.problem import POINT, Candidate, Capacity, CohortPlan, Due, Request

HOUR, DAY, WEEK = 60, 1440, 7 * 1440
HALF_LIFE = 12 * WEEK
EVERYTHING = range(-5 * DAY, 60 * DAY)

Starts = tuple[int | None, ...]


def capacity(per_day: int = 2, per_week: int = 5, **held: Mapping[int, int]) -> Capacity:
    """Limits of somebody whose days are those of Greenwich; weeks start with the epoch."""
    days, weeks = Counter[int](), Counter[int]()
    return Capacity(_Keys(DAY), _Keys(WEEK), per_day, per_week, held.get("days", days), held.get("weeks", weeks))


class _Keys(dict[int, int]):
    """Numbers the days or weeks of any minute."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self.length = length

    def __missing__(self, minute: int) -> int:
        return minute // self.length


def due(*candidates: tuple[int, tuple[int, ...]], duration: int = 45, before: int = 0, after: int = 0) -> Due:
    """A meeting with (start, burdens) to choose from."""
    return Due(tuple(Candidate(start, burden) for start, burden in candidates), duration, before, after)


def cost(request: Request, starts: Starts) -> int:
    """What a pattern costs, from the formula in the documentation."""
    firsts = [d.candidates[0].start for d in request.meetings if d.candidates]
    origin = min((c.start for d in request.meetings for c in d.candidates), default=request.as_of)

    def weight(minutes: int) -> int:
        return round(2**16 * 2 ** (minutes / HALF_LIFE))

    known = request.ledger or (0,) * len(request.people)
    grown = [points * weight(min(request.as_of, origin) - origin) for points in known]
    total, moment = Fraction(0), origin
    for meeting, start in zip(request.meetings, starts, strict=True):
        moment = max(moment, meeting.candidates[0].start) if meeting.candidates else moment
        if start is None:
            total += 2**20
            continue
        burden = next(c.burden for c in meeting.candidates if c.start == start)
        grown = [each + weight(moment - origin) * points for each, points in zip(grown, burden, strict=True)]
        spread = Fraction(max(grown) - min(grown), weight(moment - origin) * 64)
        total += Fraction(sum(burden), 64) + Fraction(floor(request.fairness * spread * 1024), 1024)
    assert firsts or total == 2**20 * len(starts)
    exact = total * POINT
    assert exact.denominator == 1
    return exact.numerator


def away(request: Request, starts: Starts) -> int:
    """Days that a pattern is off the days on which its meetings are due, together."""
    days = 0
    for meeting, start in zip(request.meetings, starts, strict=True):
        if start is not None and meeting.days_off:
            days += meeting.days_off[[candidate.start for candidate in meeting.candidates].index(start)]
    return days


def keeps_cadence(request: Request, starts: Starts) -> bool:
    """Whether meetings follow each other as they should, none on top of the one before."""
    placed = [(k, start) for k, start in enumerate(starts) if start is not None]
    for (i, first), (j, second) in pairwise(placed):
        least = most = 0
        for k in range(i, j):
            earlier, later = request.meetings[k], request.meetings[k + 1]
            room = earlier.duration + max(earlier.after, later.before)
            least += max(request.every - request.window, room)
            most += request.every + request.window
        if not least <= second - first <= most:
            return False
    return True


def clashes(one: tuple[int, Due], other: tuple[int, Due]) -> bool:
    """Whether two meetings of one person are too close: the larger of the rooms has to lie between them."""
    (first, a), (second, b) = sorted((one, other), key=lambda each: each[0])
    return second < first + a.duration + max(a.after, b.before)


def holds_together(requests: Sequence[Request], plan: Mapping[str, Starts], capacities: Mapping[str, Capacity]) -> bool:
    """Whether nobody is in two meetings at once, or in more than they can take."""
    agenda: dict[str, list[tuple[int, Due]]] = {}
    for request in requests:
        for start, meeting in zip(plan[request.id], request.meetings, strict=True):
            for person in request.people if start is not None else ():
                agenda.setdefault(person, []).append((start or 0, meeting))
    for person, meetings in agenda.items():
        if any(clashes(one, other) for one, other in combinations(meetings, 2)):
            return False
        if (limits := capacities.get(person)) is not None:
            days = Counter(limits.day_of[start] for start, _ in meetings)
            weeks = Counter(limits.week_of[start] for start, _ in meetings)
            if any(count + limits.held_days.get(day, 0) > limits.per_day for day, count in days.items()):
                return False
            if any(count + limits.held_weeks.get(week, 0) > limits.per_week for week, count in weeks.items()):
                return False
    return True


def judged(plan: CohortPlan, requests: Sequence[Request], capacities: Mapping[str, Capacity]) -> None:
    """Everything that has to be true of any plan."""
    assert set(plan.placements) == {request.id for request in requests}
    assert all(keeps_cadence(request, plan.placements[request.id]) for request in requests)
    assert holds_together(requests, plan.placements, capacities)
    assert plan.cost == sum(cost(request, plan.placements[request.id]) for request in requests)
    assert plan.lower_bound <= plan.cost
    missing = [(r.id, k) for r in requests for k, s in enumerate(plan.placements[r.id]) if s is None]
    assert sorted(plan.unplaced) == sorted(missing)


def patterns(request: Request) -> Iterator[Starts]:
    """Every pattern there is."""
    choices: Iterable[list[int | None]] = [[*(c.start for c in d.candidates), None] for d in request.meetings]
    return (starts for starts in product(*choices) if keeps_cadence(request, starts))


def least(requests: Sequence[Request], capacities: Mapping[str, Capacity]) -> int:
    """What the best of all plans costs."""
    menus = [[(cost(request, starts), starts) for starts in patterns(request)] for request in requests]
    best: int | None = None
    for chosen in product(*menus):
        total = sum(price for price, _ in chosen)
        if best is None or total < best:
            plan = {request.id: starts for request, (_, starts) in zip(requests, chosen, strict=True)}
            best = total if holds_together(requests, plan, capacities) else best
    assert best is not None
    return best


@st.composite
def cohorts(draw: st.DrawFn) -> tuple[list[Request], dict[str, Capacity]]:
    """Two or three relationships of four people, crowded into a few hours so that they get in each other's way."""
    everybody = ["mentor-1", "mentor-2", "mentee-1", "mentee-2"]
    every = draw(st.sampled_from([2 * HOUR, DAY]))
    requests = []
    for number in range(draw(st.integers(2, 3))):
        people = tuple(draw(st.permutations(everybody))[: draw(st.sampled_from([2, 2, 3]))])
        points = st.tuples(*[st.sampled_from([0, 0, 64, 300, 1000])] * len(people))
        meetings = []
        for k in range(draw(st.integers(1, 2))):
            places = draw(st.lists(st.integers(0, 6), max_size=4, unique=True).map(sorted))
            rooms = draw(st.sampled_from([(0, 0), (5, 10), (20, 0), (0, 30)]))
            candidates = tuple(Candidate(15 * place + k * every, draw(points)) for place in places)
            days_off = draw(st.one_of(st.just(()), st.tuples(*[st.integers(0, 3)] * len(candidates))))
            meetings.append(Due(candidates, draw(st.sampled_from([15, 30])), *rooms, days_off))
        ledger = draw(st.one_of(st.just(()), st.tuples(*[st.integers(0, 2000)] * len(people))))
        fairness = draw(st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(9, 10)]))
        window = draw(st.sampled_from([0, 30, 60]))
        as_of = draw(st.sampled_from([-WEEK, 0, WEEK]))
        requests.append(Request(f"pair-{number}", people, tuple(meetings), every, window, ledger, as_of, fairness))
    limits = st.builds(capacity, st.integers(1, 2), st.integers(1, 3))
    some = draw(st.lists(st.sampled_from(everybody), unique=True))
    return requests, {person: draw(limits) for person in some}
