"""What a meeting costs somebody, minute by minute."""

from __future__ import annotations

import math
from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core import meter
from agent.core.observation import Busy
from agent.core.rules import EVERY_DAY, Rule
from agent.core.timespan import DAY, Span
from tests.factories import hard, person, rule, soft, span

MIDNIGHT = span("2027-03-03 00:00", 1).start
WEDNESDAY = 2

TIMES = st.integers(0, DAY - 1)
RULES = st.builds(
    lambda days, start, length: Rule(days, start, start + length),
    st.just(EVERY_DAY) | st.frozensets(st.integers(0, 6), min_size=1, max_size=2),
    TIMES,
    st.integers(1, 300) | st.integers(1, DAY),
)


def price(distance: int) -> float:
    """As the rulings have it: quarters of an hour, rounded up, over eight, squared; from twelve hours on no more."""
    return (math.ceil(min(distance, 720) / 15) / 8) ** 2


@pytest.mark.parametrize(
    ("distance", "points"),
    [(0, 0), (1, 1 / 64), (15, 1 / 64), (16, 1 / 16), (60, 0.25), (120, 1), (180, 2.25), (9999, 36)],
)
def test_the_price_of_a_minute_grows_with_its_distance(distance: int, points: float) -> None:
    assert meter.rate(distance) / meter.SHARES == points == price(distance)


def nearest(good: list[int], minute: int) -> int:
    at = bisect_left(good, minute)
    return min(abs(minute - other) for other in good[max(at - 1, 0) : at + 1])


@given(st.lists(RULES, min_size=1, max_size=2), st.integers(-2 * DAY, 2 * DAY), st.integers(1, 240))
def test_distance_is_priced_minute_by_minute_from_the_nearest_good_one(good: list[Rule], at: int, length: int) -> None:
    asked = Span(MIDNIGHT + at, MIDNIGHT + at + length)
    found = meter.meter(person(good_hours=tuple(good)), (), asked)
    minutes = {
        MIDNIGHT + day * DAY + minute
        for day in range(-11, 11)
        for each in good
        if (WEDNESDAY + day) % 7 in each.weekdays
        for minute in range(each.start, each.end)
    }
    inside = sorted(minutes)
    assert found.of(asked) == sum(price(nearest(inside, minute)) for minute in range(asked.start, asked.end))


def test_where_no_hour_is_good_for_days_the_price_is_that_of_twelve_hours() -> None:
    """On a Wednesday, of somebody whose only good hours are on Sundays."""
    sundays = person(good_hours=(rule("09:00", "17:00", days=frozenset({6})),))
    asked = Span(MIDNIGHT, MIDNIGHT + 10)
    assert meter.meter(sundays, (), asked).of(asked) == 10 * 36


SPANS = st.builds(lambda s, n: Span(MIDNIGHT + s, MIDNIGHT + s + n), st.integers(-500, 500), st.integers(1, 400))


@given(st.lists(SPANS, max_size=4), SPANS)
def test_time_under_invitations_costs_a_point_a_minute_under_one_or_several(invited: list[Span], asked: Span) -> None:
    found = meter.meter(person(), [Busy(span, hard=False) for span in invited], asked)
    under = {m for span in invited for m in range(span.start, span.end)} & set(range(asked.start, asked.end))
    assert found.of(asked) == len(under) * meter.UNANSWERED_POINTS


def test_what_blocks_costs_nothing_and_parts_add_up() -> None:
    asked = Span(MIDNIGHT, MIDNIGHT + 60)
    busy = [Busy(asked), Busy(Span(MIDNIGHT + 50, MIDNIGHT + 90), hard=False)]
    somebody = person(boundaries=(soft(2, "00:00", "00:30"), soft(0.5, "00:20", "00:40"), hard("00:00", "01:00")))
    assert meter.meter(somebody, busy, asked).of(asked) == 30 * 2 + 20 * 0.5 + 10
    assert meter.meter(person(), [Busy(asked)], asked).of(asked) == 0
