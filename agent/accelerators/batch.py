"""The search for many people and pairs at once, with NumPy: the same answers as the core gives, to the last bit.

Whoever has weeks that are all alike is done by table, their calendar together with everybody else's; whoever travels,
or has rules that depend on dates, is done by the core. NumPy is optional and imported on first use.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

from agent.core.grid import Grid
from agent.core.layers import Shape, Starts
from agent.core.observation import PersonObserved
from agent.core.people import Person
from agent.core.policy import Limits
from agent.core.slots import Search, Slot


class BatchMissing(ImportError):
    """NumPy is not installed. The message says how to install it."""


def batch_starts(
    people: Sequence[tuple[Person, PersonObserved]], grid: Grid, shape: Shape, limits: Limits
) -> list[Starts]:
    """What ``start_mask`` says of each person. Raises ``BatchMissing`` without NumPy."""
    _require()
    from agent.accelerators import batch_people  # noqa: PLC0415 - imports NumPy

    return batch_people.everybody(people, grid, shape, limits)


def batch_search(searches: Sequence[Search]) -> None:
    """Work out the feasible starts of many searches at once, so that asking one of them costs nothing more.

    People are told apart by the identity of their value and of what is known of them: share those between searches
    and each person is worked out once. Raises ``BatchMissing`` without NumPy.
    """
    _require()
    from agent.accelerators import batch_best  # noqa: PLC0415 - imports NumPy

    batch_best.fill(searches)


def batch_best(searches: Sequence[Search], count: int = 1) -> list[tuple[Slot, ...]]:
    """What ``best_slots(found, count)`` says of each search. Raises ``BatchMissing`` without NumPy."""
    _require()
    from agent.accelerators import batch_best as engine  # noqa: PLC0415 - imports NumPy

    return engine.best(searches, count)


def batch_points(person: Person, known: PersonObserved, grid: Grid, shape: Shape, starts: Sequence[int]) -> list[float]:
    """What the core's meter says a meeting costs a person at each of some starts of a grid, in order of time.

    Raises ``BatchMissing`` without NumPy.
    """
    _require()
    from agent.accelerators import batch_best  # noqa: PLC0415 - imports NumPy

    return batch_best.points(person, known, grid, shape, starts)


def installed() -> bool:
    """Whether NumPy is there."""
    try:
        _require()
    except BatchMissing:
        return False
    return True


def _require() -> ModuleType:
    try:
        import numpy  # noqa: PLC0415, ICN001 - optional, and half of the start-up time of attune
    except ImportError as missing:
        raise BatchMissing("NumPy is missing. Install it with: pip install 'attune-agent[batch]'") from missing
    return numpy
