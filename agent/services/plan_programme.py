"""Plans the meetings that a programme would book, one relationship after the other or all together; books none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.util import find_spec

from agent.core import cadence
from agent.core.check import Placement, check
from agent.core.cohort.plan import Optimizer, plan_cohort
from agent.core.cohort.problem import Budget, CohortPlan, Request
from agent.core.layers import Shape
from agent.core.observation import Elsewhere, Observed, PersonObserved
from agent.core.relationships import Relationship, State
from agent.core.slots import best, search
from agent.core.timespan import Span
from agent.services.find_slots import tell_unreadable
from agent.services.observe import Observer
from agent.services.pose_requests import Planning, next_due
from agent.services.programme import Programme
from agent.services.prove import kinds
from agent.store import relationships


class Standing(StrEnum):
    """How a relationship stands with its next meeting."""

    BOOKED = "booked"
    PLANNED = "would be booked"
    NO_TIME = "no time found"
    NOT_YET = "not in sight yet"
    PAUSED = "paused"
    ENDED = "ended"
    REFUSED = "refused by the check"
    """What the search found breaks a rule, which only a fault of our own can bring about."""


@dataclass(frozen=True, slots=True)
class Next:
    """One relationship's next meeting: its number, when it is due, and its time where there is one.

    ``refused`` names the rules that what was found breaks, where the check has refused it.
    """

    relationship: Relationship
    standing: Standing
    number: int
    due: datetime
    span: Span | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """One relationship's meetings that are due, from the number ``first`` on; None for one that is not placed.

    ``refused`` names the rules that what was found breaks, where the check has refused it: then none is placed.
    """

    relationship: Relationship
    first: int
    spans: tuple[Span | None, ...]
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Together:
    """A plan of the whole programme until an instant. ``optimized`` says whether the optimizer was at hand."""

    until: datetime
    placed: tuple[Placed, ...]
    plan: CohortPlan
    optimized: bool


@dataclass(frozen=True, slots=True)
class _Seen:
    """Everybody as they are known now, and where each relationship stands."""

    states: Mapping[str, State]
    known: Mapping[str, PersonObserved]


def plan_one_by_one(programme: Programme, weeks: int | None = None) -> tuple[Next, ...]:
    """What would be booked next for each relationship if all were decided now, the longest due first.

    Each sees the meetings that are planned before it. With ``weeks`` a meeting that is due later than that is not in
    sight; else the policy's horizon decides.
    """
    now = programme.clock.now()
    seen = _look(programme, now, _end(programme, now, weeks))
    known, found = dict(seen.known), []
    due = {name: next_due(each, seen.states[name], now) for name, each in programme.relationships.items()}
    for name in sorted(due, key=lambda name: (due[name], name)):
        relationship, until = programme.relationships[name], now + timedelta(weeks=weeks) if weeks else None
        next_ = _next(relationship, seen.states[name], Observed(dict(known)), now, until)
        found.append(next_)
        if next_.standing is Standing.PLANNED and next_.span is not None:
            for person in relationship.people:
                known[person.id] = _with(known[person.id], next_.span, relationship)
    planned = [
        Placement(each.relationship, each.span) for each in found if each.standing is Standing.PLANNED and each.span
    ]
    refused = _refused(programme, planned, seen.known)
    return tuple(_without(each, refused.get(each.relationship.id)) for each in found)


def plan_together(
    programme: Programme,
    weeks: int | None = None,
    *,
    seed: int = 0,
    budget: Budget | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Together:
    """Place all meetings that are due within ``weeks``, else within the longest horizon, as cheaply as can be found."""
    now = programme.clock.now()
    end = _end(programme, now, weeks)
    seen = _look(programme, now, end)
    planning = Planning(now, end, seen.known)
    planning.look_at(programme.relationships.values())
    asked = [planning.request(each, seen.states[name]) for name, each in sorted(programme.relationships.items())]
    requests = [request for request in asked if request is not None]
    capacities = {
        person.id: planning.capacity(person, own)
        for person in programme.people.values()
        if (own := [programme.relationships[name] for name in programme.relationships_of(person.id)])
    }
    optimizer = _optimizer()
    plan = plan_cohort(requests, capacities, seed=seed, budget=budget, progress=progress, optimizer=optimizer)
    placed = tuple(_placed(programme, request, plan, seen) for request in requests)
    planned = [Placement(each.relationship, span) for each in placed for span in each.spans if span is not None]
    refused = _refused(programme, planned, seen.known)
    shown = tuple(_unplaced(each, refused.get(each.relationship.id)) for each in placed)
    return Together(end, shown, plan, optimizer is not None)


def _optimizer() -> Optimizer | None:
    """The optional optimizer where its library is installed."""
    if find_spec("highspy") is None:
        return None
    from agent.accelerators.columns import ColumnGeneration  # noqa: PLC0415 - its library is optional

    return ColumnGeneration()


def _end(programme: Programme, now: datetime, weeks: int | None) -> datetime:
    if weeks is not None:
        return now + timedelta(weeks=weeks)
    return now + max((each.policy.horizon for each in programme.relationships.values()), default=timedelta(weeks=1))


def _look(programme: Programme, now: datetime, end: datetime) -> _Seen:
    """Read everybody once. As nobody's own meeting is left out, whatever is booked is in the way of all plans."""
    with programme.store.look() as tx:
        rows = {name: relationships.find(tx, name) for name in programme.relationships}
    states = {name: row.state if row else State() for name, row in rows.items()}
    observer = Observer(programme, now, end)
    known: dict[str, PersonObserved] = {}
    for relationship in programme.relationships.values():
        if any(person.id not in known for person in relationship.people):
            known |= observer.observe(relationship, State()).people
    tell_unreadable(observer.notes)
    return _Seen(states, known)


def _next(relationship: Relationship, state: State, observed: Observed, now: datetime, until: datetime | None) -> Next:
    number, due = state.number + 1, next_due(relationship, state, now)
    if state.meeting is not None:
        return Next(relationship, Standing.BOOKED, state.number, state.meeting.due, state.meeting.span)
    if relationship.paused:
        return Next(relationship, Standing.PAUSED, number, due)
    if relationship.ends is not None and relationship.ends <= max(now, due):
        return Next(relationship, Standing.ENDED, number, due)
    window = cadence.aim(due, relationship, now).window
    if window is None or (until is not None and due > until):
        return Next(relationship, Standing.NOT_YET, number, due)
    slot = best(search(relationship, observed, window, ledger=state.ledger, avoided=state.avoided), due)
    if slot is None:
        return Next(relationship, Standing.NO_TIME, number, due)
    return Next(relationship, Standing.PLANNED, number, due, slot.span)


def _with(known: PersonObserved, span: Span, relationship: Relationship) -> PersonObserved:
    shape = Shape.of(relationship)
    return replace(known, elsewhere=(*known.elsewhere, Elsewhere(span, shape.before, shape.after)))


def _placed(programme: Programme, request: Request, plan: CohortPlan, seen: _Seen) -> Placed:
    starts = zip(plan.placements[request.id], request.meetings, strict=True)
    spans = tuple(None if start is None else Span(start, start + due.duration) for start, due in starts)
    return Placed(programme.relationships[request.id], seen.states[request.id].number + 1, spans)


def _refused(programme: Programme, plan: list[Placement], known: Mapping[str, PersonObserved]) -> dict[str, str]:
    """Have a plan checked by code that shares nothing with the search, before anybody sees it.

    Gives the relationships that it refuses, each with the rules that are broken. What is left without them is checked
    again, until it stands.
    """
    people, refused = {name: (programme.people[name], seen) for name, seen in known.items()}, dict[str, str]()
    while violations := check([place for place in plan if place.relationship.id not in refused], people):
        for name in {each.relationship for each in violations}:
            refused[name] = ", ".join(kinds([each for each in violations if each.relationship == name]))
    return refused


def _unplaced(each: Placed, refused: str | None) -> Placed:
    return each if refused is None else replace(each, spans=(None,) * len(each.spans), refused=refused)


def _without(each: Next, refused: str | None) -> Next:
    return each if refused is None else replace(each, standing=Standing.REFUSED, span=None, refused=refused)
