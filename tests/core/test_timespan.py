"""Runs of minutes behave like the sets of minutes they stand for."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core import timespan
from agent.core.timespan import Run, Span

SPANS = st.builds(lambda start, length: Span(start, start + length), st.integers(-60, 60), st.integers(1, 25))
PILES = st.lists(SPANS, max_size=8)
RUNS = PILES.map(timespan.union)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def minutes(spans: list[Span] | Run) -> set[int]:
    return {minute for span in spans for minute in range(span.start, span.end)}


def is_run(spans: Run) -> bool:
    """Sorted, disjoint, and with a gap between neighbours."""
    return all(left.end < right.start for left, right in itertools.pairwise(spans))


@pytest.mark.parametrize("end", [5, 4])
def test_a_span_that_does_not_end_after_its_start_is_refused(end: int) -> None:
    with pytest.raises(ValueError, match="must end after it starts"):
        Span(5, end)


def test_a_span_knows_its_length_and_its_instants() -> None:
    span = Span(60, 105)
    assert span.minutes == 45
    assert span.starts_at == datetime(1970, 1, 1, 1, tzinfo=UTC)
    assert span.ends_at == datetime(1970, 1, 1, 1, 45, tzinfo=UTC)


@given(PILES)
def test_union_loses_and_adds_no_minute(pile: list[Span]) -> None:
    merged = timespan.union(pile)
    assert is_run(merged)
    assert minutes(merged) == minutes(pile)


def test_what_meets_end_to_end_becomes_one() -> None:
    assert timespan.union([Span(5, 10), Span(0, 5), Span(11, 12)]) == (Span(0, 10), Span(11, 12))


@given(RUNS, RUNS)
def test_intersect_is_what_both_have(left: Run, right: Run) -> None:
    shared = timespan.intersect(left, right)
    assert is_run(shared)
    assert minutes(shared) == minutes(left) & minutes(right)


@given(RUNS, RUNS)
def test_subtract_is_what_only_the_first_has(run: Run, holes: Run) -> None:
    left = timespan.subtract(run, holes)
    assert is_run(left)
    assert minutes(left) == minutes(run) - minutes(holes)


@given(RUNS, RUNS)
def test_taking_away_and_giving_back_changes_nothing(run: Run, holes: Run) -> None:
    assert timespan.union((*timespan.subtract(run, holes), *timespan.intersect(run, holes))) == run


@given(RUNS, SPANS)
def test_clip_overlap_and_covers_agree_with_the_minutes(run: Run, window: Span) -> None:
    shared = minutes(run) & minutes((window,))
    assert minutes(timespan.clip(run, window)) == shared
    assert timespan.overlap(run, window) == len(shared)
    assert any(span.touches(window) for span in run) == any(window.touches(span) for span in run) == bool(shared)
    assert timespan.covers(run, window) == (len(shared) == window.minutes)


@given(PILES)
def test_total_counts_every_minute_of_every_span(pile: list[Span]) -> None:
    assert timespan.total(pile) == sum(span.minutes for span in pile)


@given(SPANS, SPANS)
def test_touching_means_sharing_a_minute(left: Span, right: Span) -> None:
    assert left.touches(right) == right.touches(left) == bool(minutes((left,)) & minutes((right,)))


@given(MOMENTS)
def test_an_instant_lies_between_its_rounded_minutes(moment: datetime) -> None:
    floor, ceil = timespan.floor_minute(moment), timespan.ceil_minute(moment)
    assert timespan.instant(floor) <= moment <= timespan.instant(ceil)
    assert ceil - floor == (0 if timespan.instant(floor) == moment else 1)


@given(MOMENTS, st.timedeltas(timedelta(), timedelta(hours=3)))
def test_what_blocks_is_rounded_outward(start: datetime, length: timedelta) -> None:
    end = start + length
    span = timespan.covering(start, end)
    if span is None:
        assert timespan.ceil_minute(end) <= timespan.floor_minute(start)
    else:
        assert span.starts_at <= start <= end <= span.ends_at
        assert span.minutes * timespan.MINUTE < length + 2 * timespan.MINUTE


@pytest.mark.parametrize(("seconds", "expected"), [(0, 0), (1, 1), (60, 1), (61, 2), (2700, 45)])
def test_a_length_is_rounded_up(seconds: int, expected: int) -> None:
    assert timespan.whole_minutes(timedelta(seconds=seconds)) == expected
