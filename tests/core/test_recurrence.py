"""Rules that recur by RRULE start on the days that the reference implementation gives."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.core import expansion
from agent.core.recurrence import Frequency, Limits, Pattern
from agent.core.rules import Dates, Recurrence, Rule, Weeks
from agent.core.timespan import DAY, Span
from agent.core.whereabouts import Whereabouts
from agent.core.zones import EPOCH_DAY

REFERENCE: dict[Frequency, Literal[0, 1, 2, 3]] = {
    Frequency.DAILY: DAILY,
    Frequency.WEEKLY: WEEKLY,
    Frequency.MONTHLY: MONTHLY,
    Frequency.YEARLY: YEARLY,
}
NTH = st.tuples(st.sampled_from([1, 2, 3, 4, -1, -2]), st.integers(0, 6))
ANY = st.tuples(st.just(0), st.integers(0, 6))
FIRST_MONDAY = Pattern(Frequency.MONTHLY, limits=Limits(day=frozenset({(1, 0)})))


def some(values: st.SearchStrategy[int]) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(values, min_size=1, max_size=3)


def days_of(pairs: st.SearchStrategy[tuple[int, int]]) -> st.SearchStrategy[frozenset[tuple[int, int]]]:
    return st.frozensets(pairs, min_size=1, max_size=3)


def signed(high: int) -> st.SearchStrategy[int]:
    return st.integers(1, high) | st.integers(-high, -1)


MONTHS, POSITIONS = some(st.integers(1, 12)), st.sampled_from([frozenset({1}), frozenset({-1}), frozenset({2, -2})])
LIMITS = {
    Frequency.DAILY: st.one_of(
        st.builds(Limits, month=MONTHS),
        st.builds(Limits, day=days_of(ANY)),
        st.builds(Limits, month_day=some(signed(28)), month=MONTHS),
    ),
    Frequency.WEEKLY: st.builds(Limits, day=days_of(ANY)),
    Frequency.MONTHLY: st.one_of(
        st.builds(Limits, day=days_of(NTH)),
        st.builds(Limits, month_day=some(signed(28))),
        st.builds(Limits, day=days_of(ANY), position=POSITIONS),
        st.builds(Limits, month_day=st.just(frozenset(range(8, 15))), day=days_of(ANY)),
    ),
    Frequency.YEARLY: st.one_of(
        st.builds(Limits, month=MONTHS),
        st.builds(Limits, day=days_of(NTH)),
        st.builds(Limits, month=MONTHS, day=days_of(NTH)),
        st.builds(Limits, month=MONTHS, day=days_of(ANY), position=POSITIONS),
        st.builds(Limits, year_day=some(signed(365))),
        st.builds(Limits, week=some(signed(52)), day=days_of(ANY)),
    ),
}


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    """Recurrences that have a day in any few years: the reference never returns from one that has none.

    Where it reads a rule in its own way (positions in the first, cut week; numbered weeks without a weekday) it is not
    asked.
    """
    frequency = draw(st.sampled_from(Frequency))
    limits = draw(st.just(Limits()) | LIMITS[frequency])
    first = draw(st.dates(date(2018, 1, 1), date(2021, 12, 28)))
    if first.day > 28:
        first = first.replace(day=28)
    ending = draw(st.sampled_from(["", "count", "last"]))
    return Recurrence(
        Pattern(frequency, draw(st.integers(1, 4)), draw(st.integers(0, 6)), limits),
        first,
        count=draw(st.integers(1, 60)) if ending == "count" else None,
        last=first + timedelta(days=draw(st.integers(0, 3000))) if ending == "last" else None,
    )


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall time


def reference(recurrence: Recurrence, low: date, high: date) -> list[int]:
    pattern, limits = recurrence.pattern, recurrence.pattern.limits
    found = rrule(
        REFERENCE[pattern.frequency],
        dtstart=midnight(recurrence.first),
        interval=pattern.interval,
        wkst=pattern.week_starts,
        count=recurrence.count,
        until=midnight(recurrence.last) if recurrence.last else None,
        bysetpos=sorted(limits.position) or None,
        bymonth=sorted(limits.month) or None,
        bymonthday=sorted(limits.month_day) or None,
        byyearday=sorted(limits.year_day) or None,
        byweekno=sorted(limits.week) or None,
        byweekday=[weekday(day, nth or None) for nth, day in sorted(limits.day)] or None,
    )
    return [wall.toordinal() for wall in found.between(midnight(low), midnight(high), inc=True)]


@settings(max_examples=300)
@given(recurrences(), st.dates(date(2016, 1, 1), date(2028, 1, 1)), st.integers(1, 800))
@example(
    Recurrence(
        Pattern(Frequency.YEARLY, limits=Limits(week=frozenset({1}), day=frozenset({(0, 0)}))), date(2018, 12, 31)
    ),
    date(2018, 12, 1),
    800,
)
def test_the_days_are_those_of_the_reference(recurrence: Recurrence, low: date, length: int) -> None:
    """A rule blocks, or opens, exactly the days that its RRULE names, whichever stretch is asked about."""
    among = range(low.toordinal(), low.toordinal() + length)
    expected = reference(recurrence, low, date.fromordinal(among.stop - 1))
    rule = Rule(recurrence=recurrence)
    assert rule.days(among) == expected
    assert [day for day in among[:60] if rule.applies(date.fromordinal(day))] == [
        d for d in expected if d in among[:60]
    ]


def test_nothing_is_among_nothing() -> None:
    """An empty stretch has no days; it is asked for where a window lies wholly elsewhere."""
    assert Rule(recurrence=Recurrence(FIRST_MONDAY, date(2027, 1, 1))).days(range(0)) == []


def test_every_condition_of_a_rule_holds_at_once() -> None:
    """First Mondays in term time stay away from the holidays, and leave the other weeks out."""
    recurring = Rule(recurrence=Recurrence(FIRST_MONDAY, date(2027, 1, 1)))
    among = range(date(2027, 1, 1).toordinal(), date(2028, 1, 1).toordinal())
    term = replace(recurring, dates=(Dates(date(2027, 4, 1), date(2027, 6, 30)), Dates(date(2027, 9, 6))))
    found = [date.fromordinal(day).isoformat() for day in term.days(among)]
    assert found == ["2027-04-05", "2027-05-03", "2027-06-07", "2027-09-06", "2027-10-04", "2027-11-01", "2027-12-06"]
    other = replace(term, weeks=Weeks(2, date(2027, 4, 5)))
    found = [date.fromordinal(day).isoformat() for day in other.days(among)]
    assert found == ["2027-04-05", "2027-05-03", "2027-09-06", "2027-10-04", "2027-11-01"]


def test_only_a_rule_without_conditions_is_the_same_every_week() -> None:
    """Otherwise one week would be taken as the pattern of all."""
    recurrence = Recurrence(FIRST_MONDAY, date(2027, 1, 1))
    assert Rule().weekly
    assert not Rule(recurrence=recurrence).weekly
    assert not Rule(weeks=Weeks(2, date(2027, 1, 4))).weekly
    assert not Rule(dates=(Dates(),)).weekly


def test_a_recurring_evening_is_where_the_clock_on_the_wall_says() -> None:
    """The last Sunday of the month from 22:00 to 02:00: in March Lisbon's clocks have just gone forward."""
    last_sunday = Pattern(Frequency.MONTHLY, limits=Limits(day=frozenset({(-1, 6)})))
    rule = Rule(start=22 * 60, end=26 * 60, recurrence=Recurrence(last_sunday, date(2027, 1, 1)))
    opening = (date(2027, 3, 1).toordinal() - EPOCH_DAY) * DAY
    found = expansion.membership((rule,), Whereabouts("Europe/Lisbon"), Span(opening, opening + 31 * DAY))
    evening = opening + 27 * DAY + 21 * 60
    assert found == (Span(opening, opening + 2 * 60), Span(evening, evening + 4 * 60))


def test_what_lies_before_a_window_costs_nothing() -> None:
    """A rule set up a lifetime ago is as quick as one of today, as is one that never fits."""
    never = Pattern(Frequency.DAILY, limits=Limits(month=frozenset({2}), month_day=frozenset({30})))
    began = time.process_time()
    for pattern in (never, FIRST_MONDAY):
        recurrence = Recurrence(pattern, date(1, 1, 3))
        low = date(2027, 1, 1).toordinal()
        assert len(recurrence.days(range(low, low + 365))) == (12 if pattern == FIRST_MONDAY else 0)
    assert time.process_time() - began < 0.5
