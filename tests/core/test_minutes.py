"""Sets of minutes as bits do what sets of numbers do."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agent.core import minutes
from agent.core.timespan import Span

SETS = st.sets(st.integers(0, 400), max_size=60) | st.integers(0, 400).flatmap(
    lambda first: st.integers(0, 200).map(lambda length: set(range(first, first + length)))
)
SPANS = st.lists(st.builds(lambda s, n: Span(s, s + n), st.integers(-300, 300), st.integers(1, 200)), max_size=6)


def bits(numbers: set[int]) -> int:
    return sum(1 << number for number in numbers)


def numbers(mask: int) -> set[int]:
    return {number for number in range(mask.bit_length()) if mask >> number & 1}


@given(st.integers(-3, 500))
def test_the_first_bits(count: int) -> None:
    assert numbers(minutes.ones(count)) == set(range(count))


@given(SPANS, st.integers(-200, 200), st.integers(1, 300))
def test_spans_fill_what_of_them_lies_in_a_window(spans: list[Span], start: int, length: int) -> None:
    window = Span(start, start + length)
    inside = {minute for span in spans for minute in range(span.start, span.end) if start <= minute < window.end}
    assert numbers(minutes.filled(iter(spans), window)) == {minute - start for minute in inside}


@given(SETS, st.integers(-1000, 1000))
def test_stretches_are_as_long_as_they_can_be_and_in_order(some: set[int], start: int) -> None:
    found = list(minutes.stretches(bits(some)))
    assert [n for first, end in found for n in range(first, end)] == sorted(some)
    assert all(one[1] < two[0] for one, two in pairwise(found))
    assert minutes.as_run(bits(some), start) == tuple(Span(start + first, start + end) for first, end in found)


@given(SETS, st.integers(1, 60), st.integers(1, 500))
def test_a_pattern_is_repeated_without_end(some: set[int], period: int, length: int) -> None:
    expected = {n for n in range(length) if n % period in some}
    assert numbers(minutes.tiled(bits(some), period, length)) == expected


@given(SETS, st.integers(1, 130))
def test_a_beginning_has_as_many_in_a_row_after_it(some: set[int], length: int) -> None:
    expected = {n for n in some if all(n + more in some for more in range(length))}
    assert numbers(minutes.beginnings(bits(some), length)) == expected


@given(SETS, st.integers(1, 70), st.integers(0, 90))
def test_every_so_many_th_is_brought_together(some: set[int], step: int, count: int) -> None:
    assert numbers(minutes.every(bits(some), step, count)) == {k for k in range(count) if k * step in some}


@given(SETS, st.integers(0, 70))
def test_places_are_in_order_and_the_first_of_them_can_be_kept(some: set[int], count: int) -> None:
    assert list(minutes.places(bits(some))) == sorted(some)
    assert numbers(minutes.first_places(bits(some), count)) == set(sorted(some)[:count])
