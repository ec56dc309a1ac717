"""Puts what a programme has to plan into the words of ``agent.core.cohort``: requests, and what each person can take.

A person's open starts are worked out once for each shape of meeting, and serve all of their relationships.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction

from agent.accelerators.batch import batch_points, batch_starts, installed
from agent.core import cadence
from agent.core.availability import around
from agent.core.burden import charged, decayed
from agent.core.cohort.problem import Candidate, Capacity, Due, Request
from agent.core.grid import Grid
from agent.core.layers import Shape, Starts, feasible_starts, start_mask, week_of
from agent.core.meter import SHARES, Meter, meter
from agent.core.observation import PersonObserved
from agent.core.people import Person
from agent.core.policy import Limits
from agent.core.relationships import Relationship, State
from agent.core.slots import starts_window
from agent.core.timespan import DAY, Span, ceil_minute, whole_minutes
from agent.core.whereabouts import Whereabouts
from agent.core.zones import EPOCH_DAY

FARTHEST = 10_000
"""Largest denominator of λ: as many digits as anybody writes."""


@dataclass
class Planning:
    """A programme's people at one moment (aware UTC), and how far ahead to plan.

    ``known`` has everybody, with all meetings that are booked among what they have elsewhere. With ``batch``, that is
    where NumPy is installed, the same is found faster.
    """

    now: datetime
    end: datetime
    known: Mapping[str, PersonObserved]
    batch: bool = field(default_factory=installed)
    _masks: dict[tuple[str, Shape, Grid, Limits], Starts] = field(default_factory=dict)
    _meters: dict[str, Meter] = field(default_factory=dict)
    _days: dict[tuple[Whereabouts, Grid], dict[int, int]] = field(default_factory=dict)

    @property
    def horizon(self) -> Span:
        """Minutes that are planned."""
        return Span(ceil_minute(self.now), ceil_minute(self.end))

    def look_at(self, relationships: Iterable[Relationship]) -> None:
        """Work out everybody's open starts at once, where NumPy is installed; else each when it is asked for."""
        kinds: dict[tuple[Shape, Grid, Limits], dict[str, Person]] = {}
        for each in relationships if self.batch else ():
            kind = (Shape.of(each), self._grid(each), each.policy.limits)
            kinds.setdefault(kind, {}).update((person.id, person) for person in each.people)
        for (shape, grid, limits), people in kinds.items():
            found = batch_starts([(each, self.known[each.id]) for each in people.values()], grid, shape, limits)
            for person, starts in zip(people, found, strict=True):
                self._masks[person, shape, grid, limits] = starts

    def request(self, relationship: Relationship, state: State) -> Request | None:
        """All meetings of a relationship that are due until the end; None where there is none."""
        grid, windows = self._grid(relationship), tuple(self._windows(relationship, state))
        if not windows or not grid.count:
            return None
        policy, shape = relationship.policy, Shape.of(relationship)
        people = [self._starts(person, shape, grid, policy.limits) for person in relationship.people]
        left = feasible_starts(relationship, people, grid, state.avoided).open
        starts = tuple(grid.starts(left & grid.within((w.start, w.end) for w in windows)))
        burden = zip(*(self._shares(person, starts, shape, grid) for person in relationship.people), strict=True)
        priced = {start: Candidate(start, each) for start, each in zip(starts, burden, strict=True)}
        within = (tuple(grid.starts(left & grid.within([(window.start, window.end)]))) for window in windows)
        carried, due = self._ledger(state), next_due(relationship, state, self.now)
        return Request(
            id=relationship.id,
            people=tuple(person.id for person in relationship.people),
            meetings=tuple(
                Due(
                    tuple(priced[start] for start in starts),
                    shape.duration,
                    shape.before,
                    shape.after,
                    self._days_off(relationship, starts, due + number * policy.cadence.every),
                )
                for number, starts in enumerate(within)
            ),
            every=whole_minutes(policy.cadence.every),
            window=whole_minutes(policy.cadence.window),
            ledger=tuple(round(carried.get(person.id, 0.0) * SHARES) for person in relationship.people),
            as_of=self.horizon.start,
            fairness=Fraction(policy.fairness).limit_denominator(FARTHEST),
        )

    def _days_off(self, relationship: Relationship, starts: Iterable[int], due: datetime) -> tuple[int, ...]:
        """Days between each start's and the due one, by the mentor's clock; later meetings count from the first's."""
        where = relationship.mentor.where
        days, due_day = self._local_days(where, self._grid(relationship)), where.local_day(ceil_minute(due))
        return tuple(abs(days[start] - due_day) for start in starts)

    def _ledger(self, state: State) -> Mapping[str, float]:
        """What each person has carried by now, the meeting that is booked included."""
        at = self.horizon.start
        return (charged(state.ledger, state.meeting.burden, at) if state.meeting else decayed(state.ledger, at)).points

    def _grid(self, relationship: Relationship) -> Grid:
        """All starts from notice to the end of planning."""
        window = starts_window(self.now, relationship, self.now, self.end)
        return Grid.over(window, whole_minutes(relationship.policy.grid))

    def _windows(self, relationship: Relationship, state: State) -> Iterator[Span]:
        """Where each meeting may start that is due in time, the later the wider; until a pause, or the end."""
        seen = replace(relationship, policy=replace(relationship.policy, horizon=self.end - self.now))
        due, every = next_due(relationship, state, self.now), relationship.policy.cadence.every
        window = cadence.aim(due, seen, self.now).window
        if relationship.paused or window is None or self.now < cadence.look_from(due, seen.policy):
            return
        apart, drift = whole_minutes(every), whole_minutes(relationship.policy.cadence.window)
        number = 0
        while window.end + number * apart <= self.horizon.end or not number:
            nominal = due + number * every
            over = relationship.ends is not None and relationship.ends <= nominal
            if over or cadence.after_pauses(nominal, relationship) != nominal:
                return
            last = min(window.end + number * (apart + drift), self.horizon.end)
            yield Span(window.start + number * (apart - drift), last)
            number += 1

    def _starts(self, person: Person, shape: Shape, grid: Grid, limits: Limits) -> Starts:
        key = (person.id, shape, grid, limits)
        if key not in self._masks:
            self._masks[key] = start_mask(person, self.known[person.id], grid, shape, limits)
        return self._masks[key]

    def _shares(self, person: Person, starts: Sequence[int], shape: Shape, grid: Grid) -> list[int]:
        """What a meeting at each start costs a person, in shares of a point."""
        if self.batch:
            points = batch_points(person, self.known[person.id], grid, shape, starts)
        else:
            each = self._meter(person)
            points = [each.of(Span(start, start + shape.duration)) for start in starts]
        return [round(cost * SHARES) for cost in points]

    def _meter(self, person: Person) -> Meter:
        if person.id not in self._meters:
            self._meters[person.id] = meter(person, self.known[person.id].busy or (), around(self.horizon, DAY))
        return self._meters[person.id]

    def capacity(self, person: Person, relationships: Sequence[Relationship]) -> Capacity:
        """How many meetings somebody can have: the strictest of the policies that bind their relationships."""
        policies = [each.policy for each in relationships]
        day_of: dict[int, int] = {}
        for grid in {self._grid(each) for each in relationships}:
            day_of |= self._local_days(person.where, grid)
        held = [person.where.local_day(m.span.start) for m in self.known[person.id].elsewhere]
        weeks = {day: _week(day, person) for day in {*day_of.values(), *held}}
        return Capacity(
            day_of=day_of,
            week_of={start: weeks[day] for start, day in day_of.items()},
            per_day=min(policy.limits.per_day for policy in policies),
            per_week=min(policy.limits.per_week for policy in policies),
            held_days=Counter(held),
            held_weeks=Counter(weeks[day] for day in held),
        )

    def _local_days(self, where: Whereabouts, grid: Grid) -> Mapping[int, int]:
        """Local day (ordinal) of every start of a grid."""
        if (where, grid) not in self._days:
            self._days[where, grid] = {
                start: (start + segment.offset) // DAY + EPOCH_DAY
                for segment in (where.segments(grid.lived(1)) if grid.count else ())
                for start in range(-(-segment.span.start // grid.step) * grid.step, segment.span.end, grid.step)
            }
        return self._days[where, grid]


def next_due(relationship: Relationship, state: State, now: datetime) -> datetime:
    """When the next meeting that is not booked is due; a booked one is taken to be held."""
    due = state.due or relationship.starts or now
    if state.meeting is not None:
        due = state.meeting.span.starts_at + relationship.policy.cadence.every
    return cadence.after_pauses(due, relationship)


def _week(day: int, person: Person) -> int:
    """Ordinal of the first day of the person's week that a day lies in."""
    return week_of(date.fromordinal(day), person.week_starts).toordinal()
