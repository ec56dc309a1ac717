"""What ``check`` refuses; and that it and the search, which share no code, agree on every start."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from agent.core import check as module
from agent.core import clockwork
from agent.core.check import Breach, People, Placement, Violation, check
from agent.core.grid import Grid
from agent.core.observation import Busy, Observed, PersonObserved
from agent.core.policy import Buffers, Limits
from agent.core.relationships import Relationship
from agent.core.slots import search
from agent.core.timespan import Span, whole_minutes
from agent.core.whereabouts import Journey
from tests.core.worlds import World, nights, worlds
from tests.factories import (
    WEEKDAYS,
    circle,
    elsewhere,
    hard,
    meeting,
    observed,
    pair,
    person,
    policy,
    rule,
    soft,
    span,
)

NINE = span("2027-03-10 09:00")
"""45 minutes on a Wednesday."""

PAIR = pair()
ROOMY = replace(PAIR, policy=policy(buffers=Buffers(timedelta(minutes=5), timedelta(seconds=570))))
"""Ten minutes after it, rounded up."""


def known(relationship: Relationship, seen: Observed | None = None) -> People:
    found = seen or observed(relationship)
    return {person.id: (person, found.of(person.id)) for person in relationship.people}


def wrong(
    relationship: Relationship, seen: Observed | None = None, where: Span = NINE
) -> list[tuple[str, str | None, int]]:
    """Kind, whose, and how many minutes after the meeting's start."""
    found = check([Placement(relationship, where)], known(relationship, seen))
    assert {violation.relationship for violation in found} <= {relationship.id}
    return [(violation.kind.value, violation.person, violation.minute - where.start) for violation in found]


def mentor(**rules: Any) -> Relationship:
    return pair(person("mentor-1", **rules))


@settings(max_examples=40)
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


@pytest.mark.parametrize("checked", [module, clockwork])
def test_it_takes_nothing_but_values_and_what_a_clock_shows(checked: object) -> None:
    """Import contracts say it of whole modules; here it is said of names."""
    source = Path(str(getattr(checked, "__file__", ""))).read_text(encoding="utf-8")
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    taken = {
        (node.module, name.name) for node in imports for name in node.names if str(node.module).startswith("agent")
    }
    values = {
        "Strength",
        "Person",
        "PersonObserved",
        "Dates",
        "Rule",
        "Journey",
        "Meeting",
        "Relationship",
        "Run",
        "Span",
    }
    own = {(clockwork.__name__, name) for name in ("blocks", "off", "ruled_out", "wall")}
    assert {name for _, name in taken - own} <= values | {"instant", "local"}


def test_a_time_that_suits_everybody_breaks_nothing() -> None:
    assert wrong(ROOMY) == []
    assert check([], {}) == []


class TestRules:
    """What a person has said of their own time."""

    def test_outside_availability_from_the_minute_it_ends(self) -> None:
        assert wrong(mentor(availability=(rule("08:00", "09:30"),))) == [("unavailable", "mentor-1", 30)]

    def test_a_hard_boundary_and_what_a_soft_one_costs(self) -> None:
        assert wrong(mentor(boundaries=(hard("09:44", "10:00"),))) == [("unavailable", "mentor-1", 44)]
        assert wrong(mentor(boundaries=(soft(1.0, "09:00", "10:00"),))) == []

    @pytest.mark.parametrize(
        "rules", [{"boundaries": (soft(1.0, "09:10", "10:00"),)}, {"good_hours": (rule("08:00", "09:10"),)}]
    )
    def test_for_whoever_cannot_rotate_what_would_cost_is_forbidden(self, rules: dict[str, object]) -> None:
        assert wrong(mentor(**rules)) == []
        assert wrong(mentor(**rules, rotates=False)) == [("unavailable", "mentor-1", 10)]

    def test_without_good_hours_every_hour_is_good(self) -> None:
        assert wrong(mentor(rotates=False)) == []

    def test_hours_past_midnight_belong_to_the_day_they_begin_on(self) -> None:
        night = span("2027-03-13 01:00")  # a Saturday
        assert wrong(mentor(availability=(rule("22:00", "02:00", WEEKDAYS),)), where=night) == []
        assert wrong(mentor(availability=(rule("22:00", "02:00", frozenset({5})),)), where=night) != []

    def test_a_public_holiday_is_the_owners_local_day(self) -> None:
        away = mentor(zone="Pacific/Auckland", holidays=frozenset({date(2027, 3, 11)}))
        assert wrong(away, where=span("2027-03-10 10:30")) == [("holidays", "mentor-1", 30)]

    def test_a_skipped_and_a_repeated_end_both_block(self) -> None:
        """Lisbon skips 01:00 to 02:00 on 28 March, and repeats it on 31 October."""
        skipped = mentor(zone="Europe/Lisbon", boundaries=(hard("01:30", "02:15"),))
        assert wrong(skipped, where=span("2027-03-28 01:00")) == [("unavailable", "mentor-1", 0)]
        assert wrong(skipped, where=span("2027-03-28 01:30")) == []
        repeated = mentor(zone="Europe/Lisbon", boundaries=(hard("01:45", "03:00"),))
        assert wrong(repeated, where=span("2027-10-31 01:00")) == [("unavailable", "mentor-1", 0)]


class TestJourneys:
    """A journey is lived in its zone from the first instant of its first day there to the end of its last."""

    AWAY = Journey(date(2027, 3, 10), date(2027, 3, 11), "Asia/Tokyo")
    HOURS = (rule("09:00", "17:00"),)

    @pytest.mark.parametrize(
        ("where", "well"),
        [
            ("2027-03-09 14:00", True),
            ("2027-03-10 01:00", True),
            ("2027-03-10 14:00", False),
            ("2027-03-12 14:00", True),
        ],
    )
    def test_rules_are_read_off_the_clock_there(self, where: str, *, well: bool) -> None:
        away = mentor(availability=self.HOURS, journeys=(self.AWAY,))
        assert (wrong(away, where=span(where)) == []) is well

    def test_a_wall_time_that_a_traveller_leaps_over_is_read_with_the_offset_before(self) -> None:
        """At 15:00 UTC on the ninth the clock goes from 15:00 to midnight in Tokyo."""
        away = mentor(
            boundaries=(hard("16:00", "18:00", first=date(2027, 3, 9), last=date(2027, 3, 9)),), journeys=(self.AWAY,)
        )
        assert wrong(away, where=span("2027-03-09 16:30")) == [("unavailable", "mentor-1", 0)]
        assert wrong(away, where=span("2027-03-09 18:00")) == []

    def test_days_count_by_the_clock_there(self) -> None:
        late = Observed({p.id: PersonObserved((), (elsewhere(span("2027-03-09 16:00")),)) for p in PAIR.people})
        once = replace(mentor(journeys=(self.AWAY,)), policy=policy(limits=Limits(1, 100)))
        assert wrong(once, late) == [("limits", "mentor-1", 0)]


class TestCalendars:
    """What stands in somebody's calendar, or may."""

    def test_busy_time_and_the_room_around_it(self) -> None:
        assert wrong(ROOMY, observed(ROOMY, {"mentee-1": [span("2027-03-10 09:20")]})) == [
            ("busy", "mentee-1", 20),
            ("buffers", "mentee-1", 45),
        ]
        for free in ("2027-03-10 09:55", "2027-03-10 08:10"):
            assert wrong(ROOMY, observed(ROOMY, {"mentee-1": [span(free)]})) == []
        assert wrong(ROOMY, observed(ROOMY, {"mentee-1": [span("2027-03-10 09:54")]})) == [("buffers", "mentee-1", 54)]
        assert wrong(ROOMY, observed(ROOMY, {"mentee-1": [span("2027-03-10 08:11")]})) == [("buffers", "mentee-1", -5)]

    def test_an_unanswered_invitation_forbids_nothing(self) -> None:
        assert wrong(PAIR, Observed({p.id: PersonObserved((Busy(NINE, hard=False),)) for p in PAIR.people})) == []

    def test_who_cannot_be_read_or_was_never_looked_at_is_unknown(self) -> None:
        assert wrong(PAIR, observed(PAIR, {"mentee-1": None})) == [("unknown", "mentee-1", 0)]
        found = check([Placement(PAIR, NINE)], {})
        assert [(v.kind, v.person) for v in found] == [(Breach.UNKNOWN, "mentor-1"), (Breach.UNKNOWN, "mentee-1")]

    @pytest.mark.parametrize(("where", "well"), [("10:05", True), ("10:04", False), ("08:05", True), ("08:06", False)])
    def test_between_two_meetings_the_larger_room_counts(self, where: str, *, well: bool) -> None:
        other = elsewhere(span(f"2027-03-10 {where}", 45), before=20, after=10)
        seen = Observed({**observed(ROOMY).people, "mentor-1": PersonObserved((), (other,))})
        expected = [] if well else [("meetings", "mentor-1", other.span.start - NINE.start)]
        assert wrong(ROOMY, seen) == expected


class TestLimits:
    """The most meetings of a local day and a local week."""

    def seen(self, *starts: str) -> Observed:
        others = tuple(elsewhere(span(start)) for start in starts)
        return Observed({**observed(PAIR).people, "mentor-1": PersonObserved((), others)})

    def test_per_day(self) -> None:
        bound = replace(PAIR, policy=policy(limits=Limits(2, 100)))
        assert wrong(bound, self.seen("2027-03-10 12:00")) == []
        assert wrong(bound, self.seen("2027-03-10 12:00", "2027-03-10 14:00")) == [("limits", "mentor-1", 0)]

    def test_per_week_which_may_begin_on_a_sunday(self) -> None:
        bound = replace(PAIR, policy=policy(limits=Limits(100, 1)))
        assert wrong(bound, self.seen("2027-03-07 12:00")) == []
        sunday = replace(bound, mentor=replace(PAIR.mentor, week_starts=6))
        assert wrong(sunday, self.seen("2027-03-07 12:00")) == [("limits", "mentor-1", 0)]


class TestPlans:
    """Meetings of one plan among themselves."""

    TWO = circle(PAIR.mentor, person("mentee-2"), policy=ROOMY.policy)

    def test_who_is_in_both_needs_room_between_them(self) -> None:
        plan = [Placement(ROOMY, NINE), Placement(self.TWO, span("2027-03-10 09:50"))]
        found = check(plan, {**known(ROOMY), **known(self.TWO)})
        assert found == [
            Violation(Breach.MEETINGS, "pair-1", "mentor-1", plan[1].span.start),
            Violation(Breach.MEETINGS, "circle-1", "mentor-1", NINE.start),
        ]
        plan[1] = Placement(self.TWO, span("2027-03-10 09:55"))
        assert check(plan, {**known(ROOMY), **known(self.TWO)}) == []

    def test_a_plan_counts_towards_limits(self) -> None:
        bound = replace(self.TWO, policy=policy(limits=Limits(1, 100)))
        plan = [Placement(ROOMY, NINE), Placement(bound, span("2027-03-10 15:00"))]
        (found,) = check(plan, {**known(ROOMY), **known(bound)})
        assert (found.kind, found.relationship, found.person) == (Breach.LIMITS, "circle-1", "mentor-1")


class TestRelationships:
    """What binds two people together."""

    def test_a_pause_of_the_mentors_days_and_one_without_end(self) -> None:
        pause = rule(first=date(2027, 3, 10), last=date(2027, 3, 10))
        away = replace(mentor(zone="Asia/Tokyo"), pauses=(pause,))
        assert wrong(away, where=span("2027-03-09 14:30")) == [("pause", None, 30)]
        assert wrong(replace(PAIR, paused=True)) == [("pause", None, 0)]

    def test_from_its_end_on_there_is_none(self) -> None:
        assert wrong(replace(PAIR, ends=NINE.starts_at)) == [("pause", None, 0)]
        assert wrong(replace(PAIR, ends=NINE.starts_at + timedelta(seconds=1))) == []


class TestChosenByHand:
    """What somebody chose they have excused for themselves, and for nobody else."""

    GUARDED = pair(person("mentor-1", boundaries=(hard("09:00", "09:20"),)), policy=ROOMY.policy)

    def test_tolerated_minutes_are_excused_and_no_others(self) -> None:
        twenty = (Span(NINE.start, NINE.start + 20),)
        chosen = meeting(NINE, chosen_by="mentor-1", tolerated=twenty)
        assert check([Placement.of(self.GUARDED, chosen)], known(self.GUARDED)) == []
        less = replace(chosen, tolerated=(Span(NINE.start, NINE.start + 19),))
        (found,) = check([Placement.of(self.GUARDED, less)], known(self.GUARDED))
        assert found == Violation(Breach.UNAVAILABLE, "pair-1", "mentor-1", NINE.start + 19)

    def test_the_partner_has_excused_nothing(self) -> None:
        chosen = meeting(NINE, chosen_by="mentee-1", tolerated=(NINE,))
        assert check([Placement.of(self.GUARDED, chosen)], known(self.GUARDED)) != []

    @pytest.mark.parametrize("how", [{"chosen_by": "mentor-1"}, {"rezoned": True}])
    def test_nobody_owes_it_room_or_limits_but_nothing_may_stand_at_its_time(self, how: dict[str, object]) -> None:
        bond = replace(ROOMY, policy=replace(ROOMY.policy, limits=Limits(1, 1)))
        kept = Placement.of(bond, replace(meeting(NINE), **how))  # type: ignore[arg-type]  # two fields, both ours
        close = PersonObserved((Busy(span("2027-03-10 09:45")),), (elsewhere(span("2027-03-10 08:15"), 0, 30),))
        assert check([kept], known(bond, Observed({p.id: close for p in bond.people}))) == []
        over = PersonObserved((), (elsewhere(span("2027-03-10 09:44"), 0, 30),))
        found = check([kept], known(bond, Observed({p.id: over for p in bond.people})))
        assert [(v.kind, v.person) for v in found] == [(Breach.MEETINGS, "mentor-1"), (Breach.MEETINGS, "mentee-1")]

    def test_an_appointment_tolerated_then_is_no_conflict(self) -> None:
        chosen = Placement.of(PAIR, meeting(NINE, chosen_by="mentor-1", tolerated=(NINE,)))
        seen = Observed({**observed(PAIR).people, "mentor-1": PersonObserved((Busy(NINE),), (elsewhere(NINE),))})
        assert check([chosen], known(PAIR, seen)) == []
