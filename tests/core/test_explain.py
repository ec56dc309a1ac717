"""A refusal says in numbers what stands in the way, and gives nobody away."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from operator import or_

from hypothesis import given

from agent.core import explain
from agent.core.explain import Reason
from agent.core.layers import Kind
from agent.core.policy import Limits
from agent.core.relationships import Ledger
from agent.core.slots import Search, search
from agent.core.view import view
from tests.core.worlds import World, worlds
from tests.factories import hard, observed, pair, person, policy, soft, span

GRID = 15


def looked_for(world: World) -> tuple[Search, int]:
    found = search(world.relationship, world.observed, world.window, ledger=world.ledger, avoided=world.avoided)
    return found, int(world.relationship.policy.grid.total_seconds()) // 60


def told(found: Search, viewer: str) -> tuple[Reason, ...]:
    return explain.reasons_for(view(found, viewer))


@given(worlds())
def test_lifting_a_kind_gives_back_exactly_its_own_minutes(world: World) -> None:
    found, grid = looked_for(world)
    assert found.window is not None
    for reason in explain.reasons(found, grid):
        lifted = [layer.forbids for layer in found.layers if layer.kind != reason.kind]
        gained = (found.grid.all & ~reduce(or_, lifted, 0)).bit_count() - len(found.slots)
        assert reason.only == gained * grid
        assert 0 <= reason.only <= reason.minutes


@given(worlds())
def test_an_empty_search_has_reasons_and_the_largest_comes_first(world: World) -> None:
    found, grid = looked_for(world)
    assert found.window is not None
    given_ = explain.reasons(found, grid)
    assert given_ or found.slots or not found.grid.count
    assert [r.minutes for r in given_] == sorted((r.minutes for r in given_), reverse=True)
    assert {r.kind for r in given_} <= set(Kind)


@given(worlds())
def test_a_participant_sees_their_own_constraints_and_everybody_elses_as_one(world: World) -> None:
    """Which of the others it is, and whether it is a calendar, a boundary or a decline, is not told."""
    found, _ = looked_for(world)
    given_ = told(found, world.relationship.mentees[0].id)
    shared = {Kind.PAUSE, Kind.UNAVAILABLE} if found.grid.count else {Kind.NOTICE}
    assert all(r.kind in shared or r.kind.startswith("own-") for r in given_)
    assert [r.minutes for r in given_] == sorted((r.minutes for r in given_), reverse=True)


def test_a_private_boundary_is_only_ever_unavailable_to_others() -> None:
    careful = person(boundaries=(soft(3), hard("00:00", "12:00")))
    relationship = pair(careful)
    found = search(relationship, observed(relationship), span("2027-03-01 09:00", 120), ledger=Ledger())
    assert explain.reasons(found, GRID) == (Reason("unavailable", 120, 120),)
    assert told(found, "mentor-1") == (Reason("own-boundary", 120, 120, number=2, days=1),)
    assert told(found, "mentee-1") == (Reason("unavailable", 120, 120, days=1),)


def test_a_participant_is_told_on_how_many_of_their_own_days_something_alone_stands_in_the_way() -> None:
    """Six hours about midnight in Lisbon are of one day in Kolkata."""
    relationship = pair(person(zone="Europe/Lisbon", boundaries=(hard(),)), person("mentee-1", "Asia/Kolkata"))
    found = search(relationship, observed(relationship), span("2027-03-01 21:00", 360), ledger=Ledger())
    assert told(found, "mentor-1") == (Reason("own-boundary", 360, 360, number=1, days=2),)
    assert told(found, "mentee-1") == (Reason("unavailable", 360, 360, days=1),)


def test_what_two_kinds_forbid_together_neither_forbids_alone() -> None:
    relationship = pair(person(boundaries=(hard("09:00", "11:00"),)))
    seen = observed(relationship, {"mentee-1": [span("2027-03-01 09:00", 60)]})
    found = search(relationship, seen, span("2027-03-01 09:00", 60), ledger=Ledger())
    assert explain.reasons(found, GRID) == (Reason("busy", 60, 0), Reason("unavailable", 60, 0))


def test_limits_and_unreadable_calendars_are_named() -> None:
    relationship = pair(policy=policy(limits=Limits(0, 0)))
    seen = observed(relationship, {"mentee-1": None})
    found = search(relationship, seen, span("2027-03-01 09:00", 60), ledger=Ledger())
    assert [r.kind for r in explain.reasons(found, GRID)] == ["unknown"]
    assert [r.kind for r in told(found, "mentee-1")] == ["own-unknown"]
    assert [r.kind for r in told(found, "mentor-1")] == ["unavailable"]


def test_where_notice_leaves_no_window_notice_is_the_reason() -> None:
    relationship = pair(policy=policy(notice=timedelta(days=2)))
    found = search(relationship, observed(relationship), None, ledger=Ledger())
    assert explain.reasons(found, GRID) == told(found, "mentor-1") == (Reason("notice", 0, 0),)
