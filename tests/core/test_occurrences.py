"""Days on which something recurs are those that another reader of RFC 5545 finds."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given

from agent.core.recurrence import Frequency, Limits, Pattern
from agent.core.rules import Recurrence
from tests import oracle
from tests.core.worlds import recurrences

YEARS = range(date(2026, 1, 1).toordinal(), date(2029, 1, 1).toordinal())
NEAR = date(2027, 3, 28)


def days_by_year(recurrence: Recurrence) -> set[date]:
    return set().union(*(oracle.recurring(recurrence, year) for year in (2026, 2027, 2028)))


@given(recurrences(NEAR))
def test_any_recurrence_is_read_as_another_reader_does(recurrence: Recurrence) -> None:
    assert set(map(date.fromordinal, recurrence.days(YEARS))) == days_by_year(recurrence)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(),
        Limits(day=frozenset({(20, 0), (-1, 4)})),
        Limits(month=frozenset({2})),
    ],
    ids=["the same day each year", "the twentieth Monday, the last Friday", "that day in February"],
)
def test_a_yearly_recurrence_takes_what_it_leaves_open_from_its_first_day(limits: Limits) -> None:
    recurrence = Recurrence(Pattern(Frequency.YEARLY, limits=limits), NEAR)
    found = set(map(date.fromordinal, recurrence.days(YEARS)))
    assert found
    assert found == days_by_year(recurrence)
