"""What ``check`` refuses; and that it and the search, which share no code, agree on every start."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from agent.core.check import Breach, Placement, Violation, check
from agent.core.grid import Grid
from agent.core.observation import Busy, Observed, PersonObserved
from agent.core.people import Journey
from agent.core.policy import Buffers, Limits
from agent.core.relationships import Relationship
from agent.core.slots import search
from agent.core.timespan import Span, whole_minutes
from tests.core.worlds import World, nights, worlds
from tests.factories import WEEKDAYS, at, circle, elsewhere, hard, meeting, observed, pair, person, policy, rule, soft, span

NINE = span("2027-03-10 09:00")
"""A Wednesday."""


def known(relationship: Relationship, seen: Observed | None = None) -> dict[str, tuple[object, PersonObserved]]:
    found = seen or observed(relationship)
    return {person.id: (person, found.of(person.id)) for person in relationship.people}


def wrong(relationship: Relationship, seen: Observed | None = None, where: Span = NINE) -> list[tuple[str, str | None, int]]:
    """Kind, person, and how many minutes after the meeting's start."""
    found = check([Placement(relationship, where)], known(relationship, seen))
    assert {violation.relationship for violation in found} <= {relationship.id}
    return [(violation.kind, violation.person, violation.minute - where.start) for violation in found]


@settings(max_examples=60)
@given(worlds() | nights())
def test_check_is_empty_exactly_where_the_search_finds_a_start(world: World) -> None:
    """Whichever of the two were wrong about one start, the other would say so."""
    bond = world.relationship
    found = search(bond, world.observed, world.window, ledger=world.ledger)
    length = whole_minutes(bond.policy.cadence.duration)
    grid = Grid.over(world.window, whole_minutes(bond.policy.grid))
    people = known(bond, world.observed)
    clean = [s for s in grid.starts(grid.all) if not check([Placement(bond, Span(s, s + length))], people)]
    assert clean == list(grid.starts(found.starts.open))
