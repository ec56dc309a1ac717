"""Every change that is proposed gives what it promises, and nobody is offered a change of somebody else's rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings

from agent.core.inquiry import Inquiry
from agent.core.people import Person
from agent.core.policy import Cadence, Policy
from agent.core.relationships import Relationship, State
from agent.core.relax import Change, Relaxation, all_relaxations, own_relaxations
from agent.core.timespan import MINUTE, instant
from tests.core.worlds import World, worlds
from tests.factories import NOW, hard, observed, pair, person, policy, rule, soft

DAY = timedelta(days=1)


def asked(relationship: Relationship, **other: object) -> Inquiry:
    plain = Inquiry(relationship, observed(relationship), State(), NOW, first=NOW, end=NOW + DAY)
    return replace(plain, **other)  # type: ignore[arg-type]  # its own fields


def hours(mentor: Person | None = None, mentee: Person | None = None, **other: object) -> Relationship:
    """A grid of whole hours and meetings of one, so that starts can be counted by hand."""
    rules = replace(policy(grid=timedelta(hours=1)), cadence=Cadence(duration=timedelta(hours=1)), **other)  # type: ignore[arg-type]
    return pair(mentor, mentee, policy=rules)


def gains(found: tuple[Relaxation, ...]) -> dict[tuple[str | None, str, int], int]:
    return {(each.person, each.change, each.number or each.value): each.slots for each in found}


@settings(max_examples=60)
@given(worlds())
def test_a_view_and_a_search_agree_on_what_ones_own_changes_give(world: World) -> None:
    """What a person is told comes from a view; what they would get comes from a search."""
    first, end = instant(world.window.start), instant(world.window.end)
    relationship = replace(world.relationship, policy=replace(world.relationship.policy, notice=0 * MINUTE))
    inquiry = Inquiry(relationship, world.observed, State(avoided=world.avoided), first, first=first, end=end)
    everything = all_relaxations(inquiry)
    for viewer in relationship.people:
        own = own_relaxations(inquiry.view(viewer.id))
        assert {replace(each, days=0) for each in own} == {each for each in everything if each.person == viewer.id}
        assert all(0 < each.days <= each.slots for each in own)
        assert all(each.minutes == each.slots * inquiry.search().grid.step for each in own)


def test_boundaries_and_hours_of_ones_own() -> None:
    careful = person(availability=(rule("08:00", "12:00"),), boundaries=(soft(1), hard("09:00", "11:00")))
    other = person("mentee-1", availability=(rule("07:00", "13:00"),), boundaries=(hard("12:00", "13:00"),))
    inquiry = asked(hours(careful, other))
    assert gains(own_relaxations(inquiry.view("mentor-1"))) == {
        ("mentor-1", "boundary", 2): 2,
        ("mentor-1", "availability-earlier", 0): 1,
    }
    assert own_relaxations(inquiry.view("mentee-1")) == ()


def test_the_most_helpful_comes_first() -> None:
    inquiry = asked(hours(person(boundaries=(hard("09:00", "11:00"), hard("12:00", "20:00")))))
    assert [each.number for each in own_relaxations(inquiry.view("mentor-1"))] == [2, 1]


def test_whoever_cannot_rotate_is_told_of_soft_boundaries_too() -> None:
    inquiry = asked(hours(person(boundaries=(soft(1, "09:00", "10:00"),), rotates=False)))
    assert gains(own_relaxations(inquiry.view("mentor-1"))) == {("mentor-1", "boundary", 1): 1}


@pytest.mark.parametrize(
    ("from_", "to", "count"), [("00:00", "24:00", 0), ("00:30", "02:00", 2), ("22:00", "23:30", 2)]
)
def test_hours_are_widened_within_their_day_and_never_past_a_day(from_: str, to: str, count: int) -> None:
    """An availability of the whole day cannot grow; one from half past midnight grows by half an hour before."""
    inquiry = asked(hours(person(availability=(rule(from_, to),))))
    assert len(own_relaxations(inquiry.view("mentor-1"))) == count


def test_a_wider_window_is_offered_from_what_is_open_anyway() -> None:
    monday = person(availability=(rule("09:00", "10:00", frozenset({0})),))
    inquiry = asked(hours(monday), due=NOW + timedelta(days=12), first=None, end=None)
    week = replace(inquiry, relationship=_with_window(inquiry.relationship, timedelta(days=1, hours=20)))
    assert gains(own_relaxations(week.view("mentee-1"))) == {(None, "window", 0): 1}
    assert gains(all_relaxations(week))[None, "window", (24 + 20 + 24) * 60] == 1


def _with_window(relationship: Relationship, window: timedelta) -> Relationship:
    cadence = replace(relationship.policy.cadence, window=window)
    return replace(relationship, policy=replace(relationship.policy, cadence=cadence))


def test_the_policy_is_the_operators_to_change() -> None:
    short = person(availability=(rule("09:00", "09:30"),))
    rules = Policy(notice=2 * DAY, horizon=timedelta(weeks=1))
    inquiry = asked(pair(short, policy=rules), end=None)
    found = gains(all_relaxations(inquiry))
    assert found[None, Change.DURATION, 30] == 5
    assert found[None, Change.DURATION, 25] == 5
    shown = own_relaxations(inquiry.view("mentee-1"))
    assert shown == (), "nothing that would have to be asked of the other again"


def test_less_notice_and_a_longer_horizon_are_counted_by_searching() -> None:
    nine = person(availability=(rule("09:00", "10:00"),))
    inquiry = asked(hours(nine, notice=2 * DAY, horizon=timedelta(weeks=1)), first=None, end=None)
    found = gains(all_relaxations(inquiry))
    assert found[None, "notice", 24 * 60] == 1
    assert found[None, "horizon", 14 * 24 * 60] == 7


def test_meetings_are_not_made_shorter_than_a_quarter_of_an_hour() -> None:
    quarter = replace(policy(), cadence=Cadence(duration=timedelta(minutes=15)))
    inquiry = asked(pair(person(availability=(rule("09:00", "09:10"),)), policy=quarter))
    assert Change.DURATION not in {each.change for each in all_relaxations(inquiry)}
