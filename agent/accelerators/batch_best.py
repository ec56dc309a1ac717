"""The best slots of many searches at once, once everybody's possible starts are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.accelerators.batch_calendars import Known
from agent.accelerators.batch_people import everybody
from agent.accelerators.batch_prices import Prices
from agent.accelerators.batch_weeks import places, zone_grid
from agent.core.burden import cost
from agent.core.grid import Grid
from agent.core.layers import Shape, feasible_starts
from agent.core.observation import PersonObserved
from agent.core.people import Person
from agent.core.policy import Limits
from agent.core.slots import Search, Slot, best_slots, common_medium
from agent.core.timespan import Span

Key = tuple[int, int]
"""One person as known in one snapshot: the identities of both."""


def fill(searches: Sequence[Search]) -> None:
    """Work out ``starts`` of every search; people who are in several of them once."""
    kinds: dict[tuple[Grid, Shape, Limits], list[tuple[Search, list[Known]]]] = {}
    for found in searches:
        kind = (found.grid, Shape.of(found.relationship), found.relationship.policy.limits)
        kinds.setdefault(kind, []).append((found, _people(found)))
    for (grid, shape, limits), alike in kinds.items():
        people = {_key(each): each for _, theirs in alike for each in theirs}
        starts = dict(zip(people, everybody(list(people.values()), grid, shape, limits), strict=True))
        for found, theirs in alike:
            each = (starts[_key(one)] for one in theirs)
            vars(found)["starts"] = feasible_starts(found.relationship, each, grid, found.avoided)


def best(searches: Sequence[Search], count: int) -> list[tuple[Slot, ...]]:
    """What ``best_slots`` says of every search."""
    fill(searches)
    prices: dict[tuple[Key, Grid, Shape], Prices] = {}
    return [
        best_slots(found, count)
        if (found.starts.open & found.starts.easy).bit_count() >= count or not found.starts.open
        else _ranked(found, count, prices)
        for found in searches
    ]


def points(person: Person, known: PersonObserved, grid: Grid, shape: Shape, starts: Sequence[int]) -> list[float]:
    """What meetings at these starts cost a person."""
    if not starts:
        return []
    found: list[float] = Prices(person, known, zone_grid(person.zone, grid, shape)).at(np.array(starts)).tolist()
    return found


def _people(found: Search) -> list[Known]:
    return [(person, found.observed.of(person.id)) for person in found.relationship.people]


def _key(each: Known) -> Key:
    return id(each[0]), id(each[1])


def _ranked(found: Search, count: int, prices: dict[tuple[Key, Grid, Shape], Prices]) -> tuple[Slot, ...]:
    """The first so many by cost, earlier first where that is equal: the same sums in the same order as ``cost``."""
    who, shape = found.relationship, Shape.of(found.relationship)
    starts = found.grid.first + places(found.starts.open) * found.grid.step
    burden = {}
    for person, known in _people(found):
        key = (_key((person, known)), found.grid, shape)
        if key not in prices:
            prices[key] = Prices(person, known, zone_grid(person.zone, found.grid, shape))
        burden[person.id] = prices[key].at(starts)
    total = sum(burden.values())
    after = [found.carried.points.get(person, 0.0) + points for person, points in burden.items()]
    total = total + who.policy.fairness * (np.max(after, axis=0) - np.min(after, axis=0))
    medium = common_medium(who)
    chosen = np.argsort(total, kind="stable")[:count].tolist()
    slots = []
    for n in chosen:
        points = {person: float(each[n]) for person, each in burden.items()}
        span = Span(int(starts[n]), int(starts[n]) + shape.duration)
        slots.append(Slot(span, medium, points, cost(points, found.carried, points, who.policy.fairness)))
    return tuple(slots)
