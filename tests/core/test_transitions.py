"""Around every real change of a clock, ten ways to go wrong, each judged by asking every minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent.core.boundaries import Boundary, Strength
from agent.core.observation import Busy, Observed, PersonObserved
from agent.core.people import Person
from agent.core.policy import Buffers, Cadence, Limits, Policy
from agent.core.relationships import Ledger, Relationship
from agent.core.rules import EVERY_DAY, Dates, Rule
from agent.core.slots import search
from agent.core.timespan import DAY, Span
from agent.core.whereabouts import Journey
from tests import oracle
from tests.core.transitions import TRANSITIONS, UNCHANGED, Transition
from tests.factories import elsewhere, person, policy
from tests.oracle import Oracle

HOUR = 60
QUARTER = timedelta(minutes=15)


class Change:
    """A transition and what the wall shows around it: ``low`` to ``high`` is what is skipped, or shown twice."""

    def __init__(self, transition: Transition) -> None:
        self.zone, self.minute = transition.zone, transition.minute
        self.before = oracle.wall(self.minute - 1, ZoneInfo(self.zone)) + 1
        self.after = oracle.wall(self.minute, ZoneInfo(self.zone))
        self.low, self.high = sorted((self.before, self.after))
        self.middle = (self.low + self.high) // 2
        self.day = oracle.date_of(self.after)
        self.window = Span(self.minute - 36 * HOUR, self.minute + 36 * HOUR)

    def here(self, **other: object) -> Person:
        """Somebody who lives there."""
        return person("mentor-1", self.zone, **other)


def once(start: int, end: int) -> Rule:
    """From one wall time (minutes since 1970) to another, at most a day later."""
    day = oracle.date_of(start)
    return Rule(EVERY_DAY, start % DAY, start % DAY + end - start, (Dates(day, day),))


def daily(start: int, end: int) -> Rule:
    """The same time on every day."""
    return Rule(EVERY_DAY, start % DAY, start % DAY + end - start)


World = tuple[Relationship, Observed]


def of(mentor: Person, known: PersonObserved | None = None, mentee: Person | None = None, **rules: object) -> World:
    """A pair of which one lives through a change; meetings of twenty minutes on a five-minute grid."""
    short = policy(cadence=Cadence(duration=timedelta(minutes=20)), grid=timedelta(minutes=5))
    other = mentee or person("mentee-1", "UTC")
    bound: Policy = replace(short, **rules)  # type: ignore[arg-type]  # fields of the policy by name
    return Relationship("pair-1", mentor, (other,), bound), Observed(
        {"mentor-1": known or PersonObserved(), "mentee-1": PersonObserved()}
    )


def available_across_the_change(change: Change) -> World:
    return of(change.here(availability=(daily(change.low - 3 * HOUR, change.low + 3 * HOUR),)))


def a_boundary_inside_what_is_skipped_or_repeated(change: Change) -> World:
    inside = once(change.low + 3, max(change.high - 4, change.low + 4))
    return of(change.here(boundaries=(Boundary(inside),)))


def a_boundary_that_begins_inside(change: Change) -> World:
    across = once(change.middle, change.middle + 5 * HOUR)
    return of(change.here(boundaries=(Boundary(across), Boundary(across, Strength.SOFT, 2.0))))


def a_boundary_that_ends_inside(change: Change) -> World:
    across = once(change.middle - 5 * HOUR, change.middle)
    return of(change.here(boundaries=(Boundary(across),), good_hours=(daily(change.middle, change.middle + HOUR),)))


def a_day_that_is_full_and_a_holiday_after_it(change: Change) -> World:
    """The owner's local day in the calendar, from its first instant to the next one's."""
    clock = oracle.Clock(change.zone, (), change.window)
    midnight = (change.after - 1) // DAY * DAY
    start, end = clock.reading(midnight), clock.reading(midnight + DAY)
    full = PersonObserved((Busy(Span(start, end)),) if start < end else ())
    return of(change.here(holidays=frozenset({oracle.date_of(midnight + DAY)})), full)


def a_night_that_wraps_the_week(change: Change) -> World:
    """From ten in the evening before to three, weekly, in weeks that begin with the day of the change."""
    evening = change.day - timedelta(days=1)
    night = Rule(frozenset({evening.weekday()}), 22 * HOUR, 27 * HOUR)
    other = elsewhere(Span(change.minute - 30 * HOUR, change.minute - 29 * HOUR))
    mentor = change.here(availability=(night, daily(8 * HOUR, 9 * HOUR)), week_starts=change.day.weekday())
    return of(mentor, PersonObserved((), (other,)), limits=Limits(9, 1))


def busy_ends_off_the_grid(change: Change) -> World:
    odd = (Span(change.minute - 61, change.minute - 22), Span(change.minute + 17, change.minute + 58))
    soft = Busy(Span(change.minute + 58, change.minute + 93), hard=False)
    known = PersonObserved((*map(Busy, odd), soft), (elsewhere(Span(change.minute + 151, change.minute + 172), 7, 9),))
    return of(change.here(), known, grid=QUARTER, buffers=Buffers(timedelta(minutes=4), timedelta(minutes=6)))


def a_half_hour_zone_on_an_hour_grid(change: Change) -> World:
    other = person("mentee-1", "Asia/Kolkata", availability=(daily(7 * HOUR, 23 * HOUR),))
    hours = (daily(0, 5 * HOUR), daily(21 * HOUR, 24 * HOUR))
    return of(change.here(availability=hours), mentee=other, grid=timedelta(hours=1))


def journeys_that_begin_and_end_that_day(change: Change) -> World:
    hours = (daily(22 * HOUR, 26 * HOUR), daily(9 * HOUR, 13 * HOUR))
    limit = Boundary(once(change.middle - 2 * HOUR, change.middle + 2 * HOUR))
    there = Journey(change.day, change.day + timedelta(days=1), change.zone)
    away = Journey(change.day - timedelta(days=2), change.day, "America/Phoenix")
    guest = person("mentee-1", "Europe/Lisbon", journeys=(there,), boundaries=(limit,), good_hours=hours)
    return of(change.here(availability=hours, journeys=(away,), boundaries=(limit,)), mentee=guest)


def limits_of_the_local_day_and_week(change: Change) -> World:
    """A meeting fills its day and two fill a week, which begins with the day of the change."""
    starts = (change.minute - 40, change.minute + 25 * HOUR, change.minute + 50 * HOUR)
    meetings = tuple(elsewhere(Span(start, start + 20)) for start in starts)
    mentor = change.here(week_starts=change.day.weekday())
    return of(mentor, PersonObserved((), meetings), limits=Limits(1, 2))


CASES: tuple[Callable[[Change], World], ...] = (
    available_across_the_change,
    a_boundary_inside_what_is_skipped_or_repeated,
    a_boundary_that_begins_inside,
    a_boundary_that_ends_inside,
    a_day_that_is_full_and_a_holiday_after_it,
    a_night_that_wraps_the_week,
    busy_ends_off_the_grid,
    a_half_hour_zone_on_an_hour_grid,
    journeys_that_begin_and_end_that_day,
    limits_of_the_local_day_and_week,
)
NAMED = [pytest.param(transition, id=transition.name) for transition in TRANSITIONS]


@pytest.mark.parametrize("transition", NAMED)
def test_the_change_is_in_the_pinned_rules(transition: Transition) -> None:
    change = Change(transition)
    assert change.after - change.before == transition.shift
    assert abs((change.day - transition.near()).days) <= 1


@pytest.mark.parametrize("zone", UNCHANGED)
def test_some_clocks_are_never_changed(zone: str) -> None:
    midnight = (date(2027, 1, 1) - date(1970, 1, 1)).days * DAY
    assert len({oracle.wall(midnight + n * DAY, ZoneInfo(zone)) - n * DAY for n in range(365)}) == 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
@pytest.mark.parametrize("transition", NAMED)
def test_the_search_is_right_around_the_change(transition: Transition, case: Callable[[Change], World]) -> None:
    change = Change(transition)
    relationship, known = case(change)
    found = search(relationship, known, change.window, ledger=Ledger())
    judge = Oracle(relationship, known, change.window)
    possible = judge.starts()
    assert list(found.grid.starts(found.starts.open)) == possible
    assert 0 < len(possible) < found.grid.count
    for slot in found.slots:
        assert slot.burden == {p.id: judge.burden(p, slot.span.start) for p in relationship.people}
