"""The batch path gives what the core gives, to the last bit, and says what is missing where it cannot run."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.accelerators import batch
from agent.core.availability import around
from agent.core.boundaries import Boundary, Strength
from agent.core.grid import Grid
from agent.core.layers import Shape, start_mask
from agent.core.meter import meter
from agent.core.observation import Busy, Elsewhere, Observed, PersonObserved
from agent.core.people import Person
from agent.core.policy import Limits
from agent.core.relationships import Ledger
from agent.core.rules import EVERY_DAY, Dates, Rule
from agent.core.slots import Search, best_slots, search
from agent.core.timespan import DAY, Span, floor_minute
from agent.core.whereabouts import Journey
from tests.bench import workload
from tests.core.worlds import ZONES, World, nights, worlds
from tests.factories import NOW, hard, pair, person, policy, rule, soft


def searched(world: World) -> Search:
    return search(world.relationship, world.observed, world.window, ledger=world.ledger, avoided=world.avoided)


def agrees(*found: World, count: int = 7) -> None:
    expected = [searched(world) for world in found]
    assert batch.batch_best([searched(world) for world in found], count) == [best_slots(e, count) for e in expected]
    filled = [searched(world) for world in found]
    batch.batch_search(filled)
    assert [each.starts for each in filled] == [each.starts for each in expected]


@given(st.lists(worlds(), min_size=1, max_size=3))
def test_random_worlds_around_changes_of_the_clock(found: list[World]) -> None:
    """Whatever the core answers, so does the batch: for people whose weeks are alike, and for all others."""
    agrees(*found)


@given(nights())
def test_nights_in_which_the_clock_is_changed(world: World) -> None:
    """A boundary is no less hard in the hour that is repeated or left out."""
    agrees(world)


@st.composite
def regulars(draw: st.DrawFn) -> Person:
    """Somebody with weekly rules only, in a zone whose clock is often changed."""
    weekdays = st.frozensets(st.integers(0, 6), min_size=1) | st.just(EVERY_DAY)
    rules = st.builds(lambda d, s, n: Rule(d, s, s + n), weekdays, st.integers(0, DAY - 1), st.integers(1, DAY))
    wide = st.builds(lambda d, s, n: Rule(d, s, s + n), weekdays, st.integers(0, DAY - 1), st.integers(600, DAY))
    points = st.sampled_from((0.25, 1, 3.5, 0.1))
    kinds = st.sampled_from((Strength.HARD, Strength.SOFT, Strength.SOFT))
    days = st.integers(-5, 25).map(lambda n: date(2027, 3, 20) + timedelta(days=n))
    return Person(
        "someone",
        "Example Someone",
        "someone@northwind.example",
        draw(st.sampled_from(ZONES)),
        availability=tuple(draw(st.lists(wide, min_size=1, max_size=3))),
        boundaries=tuple(draw(st.lists(st.builds(Boundary, rules, kinds, points), max_size=3))),
        good_hours=tuple(draw(st.lists(wide, max_size=2))),
        holidays=frozenset(draw(st.lists(days, max_size=3))),
        week_starts=draw(st.integers(0, 6)),
        rotates=draw(st.booleans()),
    )


@given(
    st.lists(regulars(), min_size=2, max_size=4),
    st.lists(st.tuples(st.integers(0, 12 * DAY), st.integers(1, 400), st.booleans()), max_size=12),
    st.sampled_from((1, 5, 7, 15, 60)),
    st.sampled_from((10, 45, 600, 2000)),
)
@settings(max_examples=100)
def test_weekly_rules_over_two_weeks(
    people: list[Person], blocks: list[tuple[int, int, bool]], step: int, duration: int
) -> None:
    """Prices far from the good hours, holidays and odd minutes come out alike on every grid."""
    begins = workload.WINDOW.start + 20 * DAY
    busy = tuple(Busy(Span(begins + at, begins + at + length), hard) for at, length, hard in blocks)
    everyone = [replace(each, id=f"person-{n}") for n, each in enumerate(people)]
    long = policy(grid=timedelta(minutes=step), fairness=0.5)
    long = replace(long, cadence=replace(long.cadence, duration=timedelta(minutes=duration)))
    who = replace(pair(everyone[0], everyone[1]), mentees=tuple(everyone[1:]), policy=long)
    known = Observed({each.id: PersonObserved(busy if n else ()) for n, each in enumerate(everyone)})
    ledger = Ledger({"person-0": 3.0, "person-1": 40.25}, begins - DAY)
    agrees(World(who, known, Span(begins, begins + 12 * DAY), ledger, ()))


def test_a_generated_programme() -> None:
    """Mentors with several mentees, forty events a week each, full days and weeks."""
    family = [work for group in workload.programme(30) for work in group]
    agrees(*(World(work.relationship, work.observed, workload.WINDOW, Ledger(), ()) for work in family), count=10)


def test_whoever_is_unusual_is_asked_of_the_core() -> None:
    """Unread calendars, journeys and rules with dates mix with plain people in one batch."""
    away = (Journey(NOW.date(), NOW.date() + timedelta(days=3), "Asia/Tokyo"),)
    dated = (Rule(start=600, end=900, dates=(Dates(None, NOW.date()),)),)
    people = [person(), person(zone="Asia/Kathmandu"), person(journeys=away), person(availability=dated), person()]
    known = [PersonObserved()] * 4 + [PersonObserved(busy=None)]
    grid, shape, limits = (
        Grid.over(Span(workload.WINDOW.start, workload.WINDOW.start + 9 * DAY), 15),
        Shape(45, 5, 10),
        Limits(),
    )
    each = list(zip(people, known, strict=True))
    assert batch.batch_starts(each, grid, shape, limits) == [start_mask(*one, grid, shape, limits) for one in each]
    assert batch.batch_starts([], grid, shape, limits) == []


def test_full_days_and_weeks_in_other_relationships() -> None:
    """Limits count by the local day and week of each person, also at the edges of the search and far from it."""
    first = workload.WINDOW.start
    meetings = [first + at for at in (-60, -90, 600, 660, 3 * DAY, 4 * DAY, 5 * DAY, 90 * DAY, 90 * DAY + 60)]
    rooms = ((5, 10), (25, 0), (0, 40))
    elsewhere = tuple(Elsewhere(Span(at, at + 45), *rooms[n % 3]) for n, at in enumerate(meetings))
    for zone, starts in (("Europe/Lisbon", 0), ("America/Los_Angeles", 6), ("Pacific/Auckland", 3)):
        someone = person(zone=zone, week_starts=starts)
        grid, shape = Grid.over(Span(first, first + 9 * DAY), 5), Shape(45, 5, 10)
        each = (someone, PersonObserved((), elsewhere))
        for limits in (Limits(2, 5), Limits(1, 9), Limits(9, 3), Limits(9, 9), Limits(1, 20)):
            assert batch.batch_starts([each], grid, shape, limits) == [start_mask(*each, grid, shape, limits)]


def test_no_start_at_all() -> None:
    """A search without a window, or with nobody free or known, has no best slot."""
    who = pair(person(availability=()), person("mentee-1"))
    free = Observed({each.id: PersonObserved() for each in who.people})
    nothing = search(who, free, None, ledger=Ledger())
    unknown = search(pair(), Observed(), workload.WINDOW, ledger=Ledger())
    nobody = search(who, free, workload.WINDOW, ledger=Ledger())
    assert batch.batch_best([nothing, nobody, unknown], 3) == [(), (), ()]
    assert nothing.starts.open == nobody.starts.open == 0


def test_good_hours_that_never_come() -> None:
    """Good hours on no day at all make every minute the farthest."""
    never = (replace(rule("09:00", "17:00"), weekdays=frozenset()),)
    who = pair(person(good_hours=never), person("mentee-1", good_hours=(rule("08:00", "10:00"),)))
    free = Observed({each.id: PersonObserved() for each in who.people})
    agrees(World(who, free, Span(workload.WINDOW.start, workload.WINDOW.start + 3 * DAY), Ledger(), ()))


def crosswise(zone: str, day: date) -> list[Person]:
    """People whose rules meet the turn of the week, the change of the clock and its neighbourhood."""
    weekend = frozenset({6})
    turn = Rule(weekend, 22 * 60 + 7, 26 * 60)
    busy_night = (Boundary(Rule(weekend, 150, 200)), Boundary(turn, Strength.SOFT, 0.5))
    every_day = (rule("06:00", "09:00"), rule("20:00", "21:30"))
    return [
        person("a", zone, holidays=frozenset({day, day + timedelta(days=3)}), good_hours=every_day),
        person("b", zone, boundaries=busy_night, good_hours=(Rule(weekend, 19 * 60, 33 * 60),)),
        person(
            "c",
            zone,
            availability=(rule("00:00", "00:55"), rule("03:40", "05:00")),
            boundaries=(hard("04:10", "04:20"),),
        ),
        person("d", zone, availability=(turn,), boundaries=(soft(2, "23:30", "00:30"), soft(1, "00:00", "03:00"))),
        person("e", zone, boundaries=(hard("00:40", "01:20"), hard("01:30", "01:50"), hard("02:20", "02:40"))),
        person("f", zone, good_hours=(rule("00:30", "03:10"),), boundaries=(soft(1, "02:00", "02:05"),)),
        person("g", zone, good_hours=every_day, boundaries=(soft(1, "08:00", "08:10"),), rotates=False),
    ]


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Lisbon", date(2027, 3, 28)),
        ("Atlantic/Azores", date(2027, 10, 31)),
        ("Antarctica/Troll", date(2027, 3, 28)),
        ("America/Havana", date(2027, 11, 7)),
        ("Australia/Lord_Howe", date(2027, 4, 4)),
        ("Asia/Kathmandu", date(2027, 3, 28)),
    ],
)
@pytest.mark.parametrize(("step", "duration"), [(1, 45), (5, 20), (7, 61)])
def test_every_start_around_a_change(zone: str, day: date, step: int, duration: int) -> None:
    """Each start of ten days is open, easy and priced as the core has it, whatever its minute."""
    noon = floor_minute(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    window = Span(noon - 6 * DAY, noon + 4 * DAY)
    grid, shape = Grid.over(window, step), Shape(duration, 5, 10)
    soft_block = PersonObserved((Busy(Span(noon, noon + 77), hard=False), Busy(Span(noon + 60, noon + 91))))
    everyone = [(each, soft_block) for each in crosswise(zone, day)]
    found = batch.batch_starts(everyone, grid, shape, Limits())
    starts = list(grid.starts(grid.all))
    for (who, known), mine in zip(everyone, found, strict=True):
        assert mine == start_mask(who, known, grid, shape, Limits())
        exact = meter(who, known.busy or (), around(window, DAY))
        expected = [exact.of(Span(start, start + duration)) for start in starts]
        assert batch.batch_points(who, known, grid, shape, starts) == expected
        assert batch.batch_points(who, known, grid, shape, []) == []


def test_without_numpy_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever calls it without the extra is told its name, not given a traceback about a module."""
    assert batch.installed()
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert not batch.installed()
    with pytest.raises(batch.BatchMissing, match=r"pip install 'attune-agent\[batch\]'"):
        batch.batch_best([])
