"""A view holds the viewer's own constraints, and of everybody else only which starts they leave open."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from functools import reduce
from operator import or_

from hypothesis import given, settings

from agent.core.inquiry import Inquiry
from agent.core.people import Person
from agent.core.relationships import Ledger, State
from agent.core.slots import search
from agent.core.timespan import Span
from agent.core.view import Opaque, View, view
from tests.core.worlds import World, nights, worlds
from tests.factories import NOW, hard, observed, pair, person, policy, rule, soft, span

DAY = timedelta(days=1)


@settings(max_examples=150)
@given(worlds() | nights())
def test_a_view_leaves_open_what_the_search_does(world: World) -> None:
    """Were they to differ, somebody would be told that opening an hour helps when it does not."""
    found = search(world.relationship, world.observed, world.window, ledger=world.ledger, avoided=world.avoided)
    for person_ in world.relationship.people:
        seen = view(found, person_.id)
        forbidden = reduce(or_, (own.forbids for own in seen.own), seen.pause | seen.others.forbids)
        assert seen.grid == found.grid
        assert seen.open == found.starts.open == seen.grid.all & ~forbidden
        assert seen.candidates == seen.grid.all


def test_everybody_else_is_a_number_and_nothing_more() -> None:
    """A breakdown of somebody else cannot even be expressed."""
    assert [(field.name, field.type) for field in fields(Opaque)] == [("forbids", "int")]
    assert [field.name for field in fields(View) if field.type == "Person"] == ["viewer"]


def test_parts_of_ones_own_rules_have_names_and_boundaries_their_number() -> None:
    careful = person(
        availability=(rule("08:00", "20:00"),), good_hours=(rule("09:00", "17:00"),), rotates=False,
        boundaries=(soft(1, "12:00", "13:00"), hard("19:00", "22:00")),
    )  # fmt: skip
    relationship = pair(careful)
    found = search(relationship, observed(relationship), span("2027-03-01 00:00", 24 * 60), ledger=Ledger())
    own = [(own.kind, own.number) for own in view(found, "mentor-1").own]
    assert own == [("own-availability", 0), ("own-boundary", 1), ("own-boundary", 2), ("own-good-hours", 0)]


def test_soft_rules_of_somebody_who_rotates_forbid_nothing() -> None:
    relationship = pair(person(boundaries=(soft(1), hard("12:00", "13:00")), good_hours=(rule("09:00", "17:00"),)))
    found = search(relationship, observed(relationship), span("2027-03-01 00:00", 24 * 60), ledger=Ledger())
    layers = {(own.kind, own.number): own.forbids for own in view(found, "mentor-1").own}
    assert [name for name, forbids in layers.items() if forbids] == [("own-boundary", 2)]


def test_a_decline_is_part_of_the_opaque_rest() -> None:
    """In a pair, whoever did not decline would know who did."""
    relationship = pair()
    first = span("2027-03-01 09:00", 60)
    found = search(relationship, observed(relationship), first, ledger=Ledger(), avoided=(first.start,))
    assert view(found, "mentor-1").others == Opaque(found.grid.all & 0b111)


def test_a_view_reaches_over_all_possible_starts_and_knows_the_wider_window() -> None:
    relationship = pair(policy=policy(notice=DAY, horizon=timedelta(weeks=6)))
    inquiry = Inquiry(relationship, observed(relationship), State(), NOW, due=NOW + timedelta(weeks=2))
    seen = inquiry.view("mentor-1")
    assert (seen.grid.first, seen.grid.count) == (inquiry.search().grid.first - 9 * 24 * 60, 41 * 96)
    assert seen.candidates.bit_count() == 8 * 96 + 1
    assert seen.wider.bit_count() == 10 * 96 + 1
    assert seen.candidates & ~seen.wider == 0


def test_where_from_and_to_are_given_there_is_no_wider_window() -> None:
    relationship = pair(policy=policy(notice=DAY))
    inquiry = Inquiry(relationship, observed(relationship), State(), NOW, end=NOW + 2 * DAY)
    seen = inquiry.view("mentor-1")
    assert (seen.grid.count, seen.candidates, seen.wider) == (96, seen.grid.all, 0)


def test_an_empty_window_is_an_empty_view() -> None:
    relationship = pair(policy=policy(notice=2 * DAY))
    seen = Inquiry(relationship, observed(relationship), State(), NOW, first=NOW, end=NOW).view("mentor-1")
    assert (seen.grid.count, seen.candidates, seen.open, seen.own) == (0, 0, 0, ())


def test_a_view_knows_where_everybody_is_at_home_the_viewer_first() -> None:
    relationship = pair(person(zone="Europe/Lisbon"), person("mentee-1", "Asia/Kolkata"))
    found = search(relationship, observed(relationship), Span(0, 60), ledger=Ledger())
    assert view(found, "mentee-1").zones == ("Asia/Kolkata", "Europe/Lisbon")
    assert isinstance(view(found, "mentee-1").viewer, Person)
