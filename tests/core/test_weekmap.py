"""The map of the week puts every start where the reader's clock shows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from agent.core.grid import Grid
from agent.core.timespan import DAY, Span, instant
from agent.core.weekmap import Away, Beside, Cell, WeekMap, draw, local_days
from agent.core.whereabouts import Journey, Whereabouts
from tests.core.worlds import CHANGES, World, worlds
from tests.factories import span

LISBON, KOLKATA, TOKYO = "Europe/Lisbon", "Asia/Kolkata", "Asia/Tokyo"


def drawn(window: Span, open_: int | None = None, *zones: str, week_starts: int = 0) -> WeekMap:
    home, *others = zones or ("UTC",)
    return of(Whereabouts(home), window, *others, open_=open_, week_starts=week_starts)


def of(
    where: Whereabouts, window: Span, *others: str, open_: int | None = None, week_starts: int = 0, own: bool = True
) -> WeekMap:
    grid = Grid.over(window, 15)
    opened = grid.all if open_ is None else open_
    found = draw(grid, grid.all, opened, where, others, week_starts=week_starts, own=own)
    assert found is not None
    return found


def lived(window: Span, where: Whereabouts) -> Iterator[datetime]:
    """Wall times of the starts, each asked of a clock that is there then."""
    grid = Grid.over(window, 15)
    return (instant(start).astimezone(ZoneInfo(where.zone_at(start))) for start in grid.starts(grid.all))


@given(worlds())
def test_every_start_is_in_the_cell_that_a_clock_shows_where_they_are(world: World) -> None:
    """On a journey too: whose map it is would else read an hour that no clock near them shows."""
    grid, where = Grid.over(world.window, 15), world.relationship.mentor.where
    found = draw(grid, grid.all, grid.all & 0x5555, where, (), week_starts=0, own=True)
    days: dict[tuple[int, int], set[date]] = {}
    for wall in lived(world.window, where):
        days.setdefault((wall.hour, wall.weekday()), set()).add(wall.date())
    assert (found is None) == (not grid.count)
    for hour in range(24) if found else ():
        assert found
        assert [cell.days for cell in found.cells[hour]] == [len(days.get((hour, day), ())) for day in range(7)]
        assert all(0 <= cell.open <= cell.days for cell in found.cells[hour])
    assert local_days(grid, grid.all, where, grid.all << 1) == len({wall.date() for wall in lived(world.window, where)})


def test_a_journey_is_named_by_the_days_of_it_that_are_in_the_map() -> None:
    """A week in Tokyo: nine in the morning there is nine, not midnight in Lisbon."""
    journeys = (
        Journey(date(2027, 2, 20), date(2027, 2, 24), KOLKATA),
        Journey(date(2027, 2, 27), date(2027, 3, 2), KOLKATA),
        Journey(date(2027, 3, 5), date(2027, 3, 6), LISBON),
        Journey(date(2027, 3, 10), date(2027, 3, 20), TOKYO),
        Journey(date(2027, 4, 1), date(2027, 4, 2), TOKYO),
    )
    window = span("2027-03-01 00:00", 14 * DAY)
    found = of(Whereabouts(LISBON, journeys), window, KOLKATA)
    assert found.zone == LISBON
    assert found.absences == (
        Away(KOLKATA, date(2027, 3, 1), date(2027, 3, 2)),
        Away(TOKYO, date(2027, 3, 10), date(2027, 3, 15)),
    )
    assert found.beside == (Beside(KOLKATA, 330),), "beside the clock at home"
    assert found.last == date(2027, 3, 15), "by the clock in Tokyo"


def test_who_is_away_all_the_time_reads_the_clock_there() -> None:
    away = Whereabouts(LISBON, (Journey(date(2027, 2, 20), date(2027, 3, 20), TOKYO),))
    found = of(away, span("2027-03-01 09:00", DAY), KOLKATA)
    assert (found.zone, found.absences) == (TOKYO, ())
    assert found.clocks(9) == ("09:00", "05:30")


def test_the_map_of_nobody_in_particular_says_so() -> None:
    window = span("2027-03-01 09:00", 60)
    assert [of(Whereabouts(LISBON), window, own=own).own for own in (True, False)] == [True, False]


def test_hours_are_from_the_first_to_the_last_that_is_ever_open() -> None:
    window = span("2027-03-01 00:00", DAY)
    assert drawn(window, 1 << 9 * 4 | 1 << 12 * 4).ever == range(9, 13)
    assert drawn(window, 0).ever == range(0)


def test_no_starts_are_on_no_day() -> None:
    assert local_days(Grid(0, 15, 4), 0, Whereabouts(LISBON), 0b1111) == 0


@pytest.mark.parametrize(("zone", "days"), [("UTC", 2), (LISBON, 2), ("Asia/Kolkata", 3)])
def test_a_midnight_with_which_a_search_ends_is_no_further_day(zone: str, days: int) -> None:
    """Two days and the minute after them are two days to whoever is told how many; elsewhere it is no midnight."""
    grid = Grid.over(span("2027-03-01 00:00", 2 * DAY + 1), 15)
    assert local_days(grid, grid.all, Whereabouts(zone), grid.all) == days


def test_a_midnight_after_which_more_was_asked_for_is_a_day() -> None:
    grid = Grid.over(span("2027-03-01 00:00", DAY + 30), 15)
    quarter_past = 1 << grid.count - 1
    assert local_days(grid, grid.all & ~quarter_past, Whereabouts("UTC"), grid.all) == 2


def test_a_cell_counts_days_on_which_one_start_or_more_is_open() -> None:
    window = span("2027-03-01 09:00", 14 * DAY)
    found = drawn(window, 0b1011)
    assert found.cells[9][0] == Cell(1, 2)
    assert found.cells[10][0] == Cell(0, 2)
    assert (found.first, found.last) == (date(2027, 3, 1), date(2027, 3, 15))


@pytest.mark.parametrize(("open_", "shade"), [(0, 0), (1, 1), (2, 2), (3, 2), (5, 4), (6, 4)])
def test_shades_are_quarters_begun(open_: int, shade: int) -> None:
    assert Cell(open_, 6).shade == shade
    assert Cell().shade == 0


def test_hours_stand_beside_each_other_across_half_hours_and_midnight() -> None:
    found = drawn(span("2027-03-01 00:00", 7 * DAY), None, LISBON, KOLKATA, LISBON, "America/Sao_Paulo")
    assert found.beside == (Beside(KOLKATA, 330), Beside("America/Sao_Paulo", -180))
    assert found.clocks(20) == ("20:00", "01:30", "17:00")
    assert found.clocks(1) == ("01:00", "06:30", "22:00")
    assert found.changes == ()


def test_a_clock_change_is_named_and_the_middle_decides_what_stands_beside() -> None:
    found = drawn(span("2027-03-26 00:00", 10 * DAY), None, KOLKATA, LISBON)
    assert found.changes == ((LISBON, date(2027, 3, 28)),)
    assert found.beside == (Beside(LISBON, -270),)


def test_a_week_may_begin_on_any_day() -> None:
    found = drawn(span("2027-03-01 09:00", 60), None, week_starts=6)
    assert found.weekdays == (6, 0, 1, 2, 3, 4, 5)
    assert found.cells[9] == (Cell(), Cell(1, 1), *(Cell(),) * 5)


def test_nothing_asked_is_nothing_drawn() -> None:
    assert draw(Grid(0, 15, 0), 0, 0, Whereabouts("UTC"), (), week_starts=0, own=True) is None


def test_there_are_days_on_which_clocks_change_in_the_worlds() -> None:
    """Or the first test here would prove little."""
    assert len(CHANGES) > 15
