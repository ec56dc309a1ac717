"""A rule means what the clock on its owner's wall shows, on every day of the year."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from agent.core import boundaries, expansion
from agent.core.availability import holidays, open_starts, open_time, working_starts
from agent.core.grid import Grid
from agent.core.minutes import as_run, filled
from agent.core.people import Person
from agent.core.rules import Dates, Rule, whole_days
from agent.core.timespan import DAY, Run, Span
from agent.core.whereabouts import Whereabouts
from tests import oracle
from tests.core.worlds import CHANGES, rules
from tests.factories import at, hard, person, rule, soft, span

PLACES = st.sampled_from(CHANGES)
SPRING, AUTUMN = "2027-03-28", "2027-10-31"
LISBON = Whereabouts("Europe/Lisbon")


def around(day: date) -> Span:
    middle = span(f"{day} 12:00").start
    return Span(middle - 2 * DAY, middle + 2 * DAY)


def day_of(text: str) -> Span:
    return span(f"{text} 00:00", DAY)


def wall(somebody: Person, window: Span) -> expansion.Wall:
    return expansion.Wall.over(somebody.where, window)


def shown(run: Run) -> list[tuple[str, str]]:
    return [(s.starts_at.strftime("%H:%M"), s.ends_at.strftime("%H:%M")) for s in run]


@given(st.data(), PLACES)
def test_both_readings_agree_with_asking_every_minute(data: st.DataObject, place: tuple[str, date]) -> None:
    zone, day = place
    some = data.draw(st.lists(rules(day), min_size=1, max_size=2))
    window = around(day)
    clock = oracle.Clock(zone, (), window)
    assert each(expansion.membership(some, Whereabouts(zone), window)) == clock.members(some)
    days = range(day.toordinal() - 5, day.toordinal() + 6)
    between = expansion.between_end_points(some, Whereabouts(zone), days, window)
    assert each(as_run(between, window.start)) == clock.between_ends(some)
    assert each(expansion.blocked_run(iter(some), Whereabouts(zone), window)) == clock.blocked(some)
    minute = data.draw(st.integers(window.start, window.end - 1))
    assert any(oracle.in_rule(r, minute, zone) for r in some) == (minute in clock.members(some))


def each(run: Run) -> set[int]:
    return {minute for part in run for minute in range(part.start, part.end)}


def test_both_passes_of_a_repeated_hour_are_available() -> None:
    assert shown(expansion.membership([rule("01:15", "01:45")], LISBON, day_of(AUTUMN))) == [
        ("00:15", "00:45"),
        ("01:15", "01:45"),
    ]


def test_a_hard_boundary_blocks_what_lies_between_the_two_passes() -> None:
    """From the first 01:15 to the second 02:15: nobody can say which one was meant."""
    blocked = expansion.blocked_run([rule("01:15", "02:15")], LISBON, day_of(AUTUMN))
    assert shown(blocked) == [("00:15", "02:15")]


def test_a_rule_inside_a_skipped_hour_blocks_its_rfc_reading() -> None:
    inside = [rule("01:15", "01:45")]
    assert expansion.membership(inside, LISBON, day_of(SPRING)) == ()
    assert shown(expansion.blocked_run(inside, LISBON, day_of(SPRING))) == [("01:15", "01:45")]


def test_a_rule_that_ends_inside_a_skipped_hour_blocks_on_to_its_rfc_end() -> None:
    ending, night = [rule("00:30", "01:30")], span(f"{SPRING} 00:00", 120)
    assert shown(expansion.membership(ending, LISBON, night)) == [("00:30", "01:00")]
    assert shown(expansion.blocked_run(ending, LISBON, night)) == [("00:30", "01:30")]


def test_adjacent_rules_join() -> None:
    joined = expansion.membership([rule("09:00", "12:00"), rule("12:00", "13:00")], Whereabouts("UTC"), day_of(SPRING))
    assert shown(joined) == [("09:00", "13:00")]


def test_a_window_that_begins_on_monday_begins_in_sundays_night() -> None:
    """The night is of one date only, so no other week has it."""
    sunday = date(2027, 3, 7)
    night = [rule("22:00", "02:00", first=sunday, last=sunday)]
    assert shown(expansion.membership(night, LISBON, day_of("2027-03-08"))) == [("00:00", "02:00")]
    assert expansion.between_end_points(night, LISBON, range(0), day_of("2027-03-08")) == 0


def test_a_night_between_dates_belongs_to_its_first_day() -> None:
    night = rule("22:00", "02:00", first=date(2027, 3, 1), last=date(2027, 3, 1))
    found = expansion.membership(
        [night], Whereabouts("UTC"), Span(day_of("2027-02-28").start, day_of("2027-03-03").end)
    )
    assert [(s.starts_at, s.ends_at) for s in found] == [(at("2027-03-01 22:00"), at("2027-03-02 02:00"))]


def test_a_day_that_never_was_has_no_minute() -> None:
    never = [Rule(dates=(Dates(date(2011, 12, 30), date(2011, 12, 30)),))]
    assert expansion.blocked_run(never, Whereabouts("Pacific/Apia"), around(date(2011, 12, 30))) == ()


def test_whole_days_are_as_long_as_their_clocks_make_them() -> None:
    days = whole_days([date(2027, 10, 31), date(2027, 3, 28), date(2027, 6, 1)])
    year = Span(span("2027-01-01 00:00").start, span("2028-01-01 00:00").start)
    found = expansion.blocked_run(days, LISBON, year)
    assert [s.minutes for s in found] == [23 * 60, 24 * 60, 25 * 60]


@given(st.data(), PLACES)
def test_open_time_is_inside_hours_and_off_every_hard_rule(data: st.DataObject, place: tuple[str, date]) -> None:
    zone, day = place
    availability, private = data.draw(rules(day)), data.draw(rules(day))
    somebody = person(
        zone=zone,
        availability=(availability,),
        boundaries=(boundaries.Boundary(private), soft(2)),
        holidays=frozenset({day}),
    )
    window = around(day)
    free = open_time(somebody, window)
    minutes, around_them = Grid.over(window, 1), wall(somebody, window)
    possible = open_starts(somebody, around_them, minutes, 1) & working_starts(somebody, around_them, minutes, 1)
    assert filled(free, window) == possible
    assert each(free) == oracle.may_meet(somebody, oracle.Clock(zone, (), window))


def test_only_holidays_near_the_window_are_looked_at_but_all_of_those() -> None:
    """Auckland's Tuesday begins while it is still Monday in UTC."""
    away = person(zone="Pacific/Auckland", holidays=frozenset({date(2027, 3, 2), date(2030, 1, 1)}))
    monday = day_of("2027-03-01")
    assert holidays(away, wall(away, monday)).bit_count() == 13 * 60
    assert holidays(away, wall(away, span("2027-03-01 11:00", 60))).bit_count() == 60
    behind = person(zone="Pacific/Honolulu", holidays=frozenset({date(2027, 3, 1)}))
    assert holidays(behind, wall(behind, span("2027-03-02 08:00", 60))).bit_count() == 60
    early = person(boundaries=(hard("00:00", "12:00"),))
    assert open_starts(early, wall(early, monday), Grid.over(monday, 1), 1).bit_count() == 12 * 60
