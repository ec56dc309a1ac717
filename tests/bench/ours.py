"""Attune's own searches, as the benchmark calls them."""

from __future__ import annotations

from collections.abc import Sequence

from agent.accelerators.batch import batch_best
from agent.core.grid import Grid
from agent.core.layers import Shape, Starts, feasible_starts, start_mask
from agent.core.relationships import Ledger
from agent.core.slots import Search, Slot, best_slots, earliest_easy, search
from tests.bench.plain import BEST, MINUTE, Answer
from tests.bench.workload import POLICY, WINDOW, Work

GRID = Grid.over(WINDOW, POLICY.grid // MINUTE)
Found = tuple[Search, tuple[Slot, ...]]


def asked(work: Work) -> Search:
    """The search that a relationship asks for."""
    return search(work.relationship, work.observed, WINDOW, ledger=Ledger())


def alone(work: Work) -> Found:
    """One relationship by the core."""
    found = asked(work)
    return found, best_slots(found, BEST)


def masks(work: Work) -> tuple[Starts, ...]:
    """What a pair knows once both people have been looked at."""
    shape = Shape.of(work.relationship)
    return tuple(
        start_mask(person, work.observed.of(person.id), GRID, shape, POLICY.limits)
        for person in work.relationship.people
    )


def warm(known: tuple[Starts, ...]) -> int | None:
    """The best start of a pair whose people are known: both are free, and it is a burden to nobody."""
    return earliest_easy(known, GRID)


def swept(works: Sequence[Work]) -> list[Found]:
    """Many relationships by the core, every person once."""
    starts: dict[str, Starts] = {}
    answers = []
    for work in works:
        who, found = work.relationship, asked(work)
        for person in who.people:
            if person.id not in starts:
                known = work.observed.of(person.id)
                starts[person.id] = start_mask(person, known, GRID, Shape.of(who), POLICY.limits)
        vars(found)["starts"] = feasible_starts(who, (starts[p.id] for p in who.people), GRID, ())
        answers.append((found, best_slots(found, BEST)))
    return answers


def batched(works: Sequence[Work]) -> list[Found]:
    """Many relationships at once by NumPy."""
    found = [asked(work) for work in works]
    return list(zip(found, batch_best(found, BEST), strict=True))


def answer(found: Found) -> Answer:
    """An answer as all contenders give it."""
    searched, best = found
    slots = tuple((slot.span.start, tuple(slot.burden.items())) for slot in best)
    return Answer(tuple(searched.grid.starts(searched.starts.open)), slots)
