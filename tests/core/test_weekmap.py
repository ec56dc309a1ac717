"""The map of the week puts every start where the reader's clock shows it."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from agent.core.grid import Grid
from agent.core.timespan import DAY, Span, instant
from agent.core.weekmap import Beside, Cell, WeekMap, draw
from tests.core.worlds import CHANGES, World, worlds
from tests.factories import span

LISBON, KOLKATA = "Europe/Lisbon", "Asia/Kolkata"


def drawn(window: Span, open_: int | None = None, *zones: str, week_starts: int = 0) -> WeekMap:
    grid = Grid.over(window, 15)
    found = draw(grid, grid.all, grid.all if open_ is None else open_, zones or ("UTC",), week_starts)
    assert found is not None
    return found


@given(worlds())
def test_every_start_is_in_the_cell_that_a_clock_at_home_shows(world: World) -> None:
    grid, zone = Grid.over(world.window, 15), world.relationship.mentor.zone
    found = draw(grid, grid.all, grid.all & 0x5555, (zone,))
    days: dict[tuple[int, int], set[date]] = {}
    for start in grid.starts(grid.all):
        wall = instant(start).astimezone(ZoneInfo(zone))
        days.setdefault((wall.hour, wall.weekday()), set()).add(wall.date())
    assert (found is None) == (not grid.count)
    for hour in range(24) if found else ():
        assert found
        assert [cell.days for cell in found.cells[hour]] == [len(days.get((hour, day), ())) for day in range(7)]
        assert all(0 <= cell.open <= cell.days for cell in found.cells[hour])


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
    assert draw(Grid(0, 15, 0), 0, 0, ("UTC",)) is None


def test_there_are_days_on_which_clocks_change_in_the_worlds() -> None:
    """Or the first test here would prove little."""
    assert len(CHANGES) > 15
