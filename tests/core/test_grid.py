"""Sets of starts do what sets of their minutes do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.core.grid import Grid
from agent.core.timespan import Span

GRIDS = st.builds(
    lambda start, length, step: Grid.over(Span(start, start + length), step),
    st.integers(-3000, 3000),
    st.integers(1, 2000) | st.integers(1, 20_000),
    st.sampled_from((1, 5, 7, 15, 30, 60)),
)
STRETCHES = st.lists(
    st.builds(
        lambda start, length: (start, start + length),
        st.integers(-4000, 6000) | st.integers(6000, 18_000),
        st.integers(0, 1500),
    ),
    max_size=6,
)


@given(GRIDS, STRETCHES)
def test_the_starts_within_stretches_are_those_that_lie_in_one(grid: Grid, stretches: list[tuple[int, int]]) -> None:
    inside = [s for s in grid.starts(grid.all) if any(start <= s < end for start, end in stretches)]
    assert list(grid.starts(grid.within(iter(stretches)))) == inside


@given(GRIDS, STRETCHES, st.integers(-200, 200), st.integers(-200, 200))
def test_the_starts_near_spans_are_those_within_them_as_moved(
    grid: Grid, stretches: list[tuple[int, int]], early: int, late: int
) -> None:
    spans = [Span(start, end) for start, end in stretches if start < end]
    moved = [(each.start + early, each.end + late) for each in spans]
    assert grid.near(iter(spans), early, late) == grid.within(moved)


@given(GRIDS, st.integers(-5000, 8000))
def test_a_minute_has_the_number_of_the_first_start_that_is_not_before_it(grid: Grid, minute: int) -> None:
    assert grid.number(minute) == sum(start < minute for start in grid.starts(grid.all))


@given(GRIDS, st.sets(st.integers(0, 2100), max_size=200))
def test_a_start_is_sampled_where_its_minute_is_set(grid: Grid, some: set[int]) -> None:
    mask = sum(1 << minute for minute in some)
    assert list(grid.starts(grid.sampled(mask))) == [s for s in grid.starts(grid.all) if s - grid.first in some]


@given(GRIDS, st.integers(1, 200))
def test_a_grid_lives_from_its_first_start_to_the_end_of_its_last_meeting(grid: Grid, duration: int) -> None:
    starts = list(grid.starts(grid.all))
    if starts:
        assert grid.lived(duration) == Span(starts[0], starts[-1] + duration)


def test_a_window_between_two_starts_has_none() -> None:
    empty = Grid.over(Span(1, 14), 15)
    assert (empty.count, empty.all, empty.within([(0, 100)]), empty.sampled(1)) == (0, 0, 0, 0)
    assert list(empty.starts(0)) == []
