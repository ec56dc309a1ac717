"""A week that is repeated allows the same starts as asking every minute does."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from agent.core import weeks
from agent.core.expansion import Wall
from agent.core.grid import Grid
from agent.core.minutes import beginnings, ones
from agent.core.rules import Rule
from agent.core.timespan import DAY, Span
from agent.core.whereabouts import Journey, Whereabouts
from tests.core.worlds import CHANGES
from tests.factories import span

RULES = st.lists(
    st.builds(
        lambda days, start, length: Rule(days, start, start + length),
        st.frozensets(st.integers(0, 6), min_size=1),
        st.integers(0, DAY - 1),
        st.integers(1, DAY),
    ),
    max_size=3,
).map(tuple)


@given(RULES, st.integers(0, weeks.WEEK - 1), st.integers(1, weeks.WEEK))
def test_a_week_goes_on_for_ever(rules: tuple[Rule, ...], wall: int, length: int) -> None:
    week = weeks.lay(rules)
    for_ever = sum(week << n * weeks.WEEK for n in range(4))
    assert weeks.cut(week, weeks.MONDAY + 5 * weeks.WEEK + wall, length) == for_ever >> wall & ones(length)
    assert weeks.from_here(week, length) == beginnings(for_ever, length) & ones(weeks.WEEK)


@given(
    RULES,
    st.sampled_from(CHANGES),
    st.booleans(),
    st.sampled_from((1, 5, 7, 15, 30, 60)),
    st.integers(1, DAY),
    st.integers(-3 * DAY, 2 * DAY),
    st.integers(1, 10 * DAY),
)
def test_a_repeated_week_is_the_wall_clock_laid_out(
    rules: tuple[Rule, ...],
    place: tuple[str, date],
    travels: bool,
    step: int,
    duration: int,
    begins: int,
    length: int,
) -> None:
    zone, day = place
    where = Whereabouts(zone, (Journey(day, day, "Asia/Kathmandu"),) if travels else ())
    begin = span(f"{day} 12:00").start + begins
    grid = Grid.over(Span(begin, begin + length), step)
    if grid.count:
        wall = Wall.over(where, grid.lived(duration))
        expected = grid.fitting(wall.utc(wall.lay(rules)), duration)
        assert weeks.fitting(weeks.lay(rules), wall.segments, grid, duration) == expected


def test_only_what_divides_a_week_repeats_and_no_meeting_of_days() -> None:
    assert weeks.repeats(Grid(0, 15, 1), DAY)
    assert not weeks.repeats(Grid(0, 11, 1), 45)
    assert not weeks.repeats(Grid(0, 15, 1), DAY + 1)


def test_a_meeting_over_a_change_fits_as_the_clock_then_goes_on() -> None:
    """In Lisbon two o'clock follows upon one: what begins at half past twelve and takes an hour ends past two."""
    rules = (Rule(frozenset({6}), 0, 120),)
    grid = Grid.over(span("2027-03-28 00:00", DAY), 30)
    wall = Wall.over(Whereabouts("Europe/Lisbon"), grid.lived(60))
    assert list(grid.starts(weeks.fitting(weeks.lay(rules), wall.segments, grid, 60))) == [grid.first]
