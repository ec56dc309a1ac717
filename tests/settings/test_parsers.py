"""What is written comes back as it was meant, and back again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies

from agent.ical.recurrence import rule
from agent.settings import clocktimes, dates, durations, places, recurrences, weekdays, weeks
from agent.settings.mistakes import Mistake, nearest, quote

MINUTES = strategies.integers(min_value=0, max_value=3660 * 1440)
DATES = strategies.dates(min_value=date(1000, 1, 1))
SCALARS = strategies.one_of(
    strategies.none(), strategies.booleans(), strategies.integers(), strategies.floats(), strategies.text(),
    strategies.lists(strategies.text(), max_size=3),
    strategies.dictionaries(strategies.text(), strategies.text(), max_size=2),
)  # fmt: skip


@given(MINUTES)
def test_a_length_of_time_reads_as_it_is_written(minutes: int) -> None:
    length = timedelta(minutes=minutes)
    assert durations.parse(durations.spoken(length)) == length
    assert durations.before(f"{durations.spoken(length)} before") == length
    assert durations.after(f"{durations.spoken(length)} after") == length


@given(strategies.integers(min_value=0, max_value=1439), strategies.integers(min_value=1, max_value=1440))
def test_hours_read_as_they_are_written(start: int, length: int) -> None:
    hours = (start, start + length)
    if hours == (0, 1440):
        assert clocktimes.parse_hours("00:00-24:00") == hours
    elif length < 1440:
        read = clocktimes.parse_hours(clocktimes.spoken_hours(hours))
        assert read == hours


@given(strategies.integers(min_value=0, max_value=1440))
def test_a_time_of_day_reads_as_it_is_written(minute: int) -> None:
    assert clocktimes.parse_time(clocktimes.spoken_time(minute)) == minute


@given(strategies.frozensets(strategies.integers(min_value=0, max_value=6), min_size=1))
def test_days_read_as_they_are_written(days: frozenset[int]) -> None:
    assert weekdays.parse_days(weekdays.spoken_days(days)) == days
    assert weekdays.parse_days([weekdays.NAMES[day] for day in days]) == days


@given(DATES, DATES)
def test_dates_read_as_they_are_written(one: date, other: date) -> None:
    span = dates.Dates(min(one, other), max(one, other))
    assert dates.parse_dates(dates.spoken_dates(span)) == span


@given(strategies.datetimes(timezones=strategies.just(UTC)).map(lambda m: m.replace(microsecond=0)))
def test_an_instant_reads_as_it_is_written(moment: datetime) -> None:
    assert dates.parse_moment(moment.isoformat()) == moment


RRULES = strategies.lists(
    strategies.tuples(
        strategies.sampled_from(["FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYSETPOS", "X"]),
        strategies.sampled_from(
            ["DAILY", "YEARLY", "2", "-1", "0", "MO", "1MO,-1FR", "20271231", "9999-99-99", "²", ""]
        ),
    ).map("=".join),
    max_size=4,
).map(";".join)


@given(RRULES)
def test_any_recurrence_is_read_or_refused_with_advice(text: str) -> None:
    """What passes is what the reading of calendars takes it for, too."""
    try:
        found = recurrences.parse_rrule(text)
    except Mistake as mistake:
        assert all((mistake.wrong, mistake.advice))  # noqa: PT017 - either way is right
    else:
        assert found.pattern == rule(text).pattern


@pytest.mark.parametrize(
    "parse",
    [
        durations.parse, durations.positive, durations.before, durations.after, clocktimes.parse_time,
        clocktimes.parse_hours, weekdays.parse_day, weekdays.parse_days, dates.parse_date, dates.parse_dates,
        dates.parse_moment, dates.parse_several, weeks.parse_weeks, recurrences.parse_rrule,
        places.parse_zone, places.parse_language, places.parse_region,
    ],
)  # fmt: skip
@given(value=SCALARS)
def test_whatever_is_written_is_read_or_refused_with_advice(parse: Callable[[object], object], value: object) -> None:
    """Anything but a Mistake would end “check” with a stack trace."""
    try:
        parse(value)
    except Mistake as mistake:
        assert all((mistake.wrong, mistake.advice))  # noqa: PT017 - either way is right


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("2 weeks", 20160), ("1 week", 10080), ("4 days", 5760), ("24 h", 1440), ("90 minutes", 90), ("1 h 30 min", 90),
     ("45min", 45), ("1 hour", 60), ("0 h", 0), ("2 WEEKS", 20160)],
)  # fmt: skip
def test_a_length_may_be_written_in_these_ways(text: str, minutes: int) -> None:
    assert durations.parse(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("value", "days"),
    [("mon-fri", {0, 1, 2, 3, 4}), ("sat-mon", {5, 6, 0}), ("mon,wed", {0, 2}), ("mon, wed-thu", {0, 2, 3}),
     ("daily", set(range(7))), (["mon", "fri-sun"], {0, 4, 5, 6}), ("Monday", {0}), ("fri", {4})],
)  # fmt: skip
def test_days_may_be_written_in_these_ways(value: object, days: set[int]) -> None:
    assert weekdays.parse_days(value) == days


def test_a_stretch_may_cross_midnight() -> None:
    assert clocktimes.parse_hours("22:00-02:00") == (1320, 1560)
    assert clocktimes.parse_hours("18:00-24:00") == (1080, 1440)
    assert clocktimes.parse_hours("18:00-00:00") == (1080, 1440)


def test_an_instant_with_an_offset_is_that_instant_in_utc() -> None:
    assert dates.parse_moment("2027-01-04T09:00:00+05:30") == datetime(2027, 1, 4, 3, 30, tzinfo=UTC)
    assert dates.parse_moment("2027-01-04 09:00 Z") == datetime(2027, 1, 4, 9, tzinfo=UTC)


def test_only_the_pinned_rules_are_zones() -> None:
    """A folder of the rules, or a file beside them, is no zone."""
    for name in ("Europe", "localtime", "../etc/passwd", "", "europe/lisbon"):
        with pytest.raises(Mistake):
            places.parse_zone(name)
    assert places.parse_zone("Pacific/Apia") == "Pacific/Apia"


def test_public_holidays_are_those_of_the_region() -> None:
    scotland = places.public_holidays("GB-SCT", 2027, 2027)
    assert date(2027, 11, 30) in scotland
    assert date(2027, 11, 30) not in places.public_holidays("GB-ENG", 2027, 2027)
    assert {day.year for day in scotland} == {2027}


@given(strategies.text(max_size=200))
def test_a_quoted_value_stays_short_and_on_one_line(text: str) -> None:
    shown = quote(text)
    assert len(shown) <= 42
    assert "\n" not in shown


def test_nothing_near_is_suggested_for_nonsense() -> None:
    assert nearest("xyzzy", ["cadence", "notice"]) is None
    assert nearest("Cadance", ["cadence", "notice"]) == "cadence"
