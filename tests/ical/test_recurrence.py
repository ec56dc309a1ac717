"""Rules are expanded as RFC 5545 has it, in a time that depends on the window alone."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import example, given
from hypothesis import strategies as st

from agent.core.recurrence import Frequency, Limits, Pattern
from agent.core.timespan import Span, floor_minute
from agent.core.whereabouts import Whereabouts
from agent.ical.expansion import occurrences
from agent.ical.read import read
from agent.ical.recurrence import rule


def wall(year: int, month: int, day: int, hour: int = 0) -> datetime:
    """A time on a wall, in no zone: rules are expanded in them."""
    return datetime(year, month, day, hour)  # noqa: DTZ001


DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ANY_DAYS = st.lists(st.sampled_from(DAYS), min_size=1, max_size=3, unique=True).map(",".join)
NTH_DAYS = st.tuples(st.sampled_from([1, 2, 3, 4, -1, -2]), st.sampled_from(DAYS)).map(
    lambda pair: f"{pair[0]}{pair[1]}"
)
POSITIONS = st.sampled_from(["1", "-1", "2,-2", "3"])


def _numbers(low: int, high: int, *, signed: bool = False) -> st.SearchStrategy[str]:
    numbers = st.integers(low, high)
    if signed:
        numbers = numbers | st.integers(-high, -low)
    return st.lists(numbers, min_size=1, max_size=3, unique=True).map(lambda found: ",".join(map(str, found)))


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules that have an occurrence in any few years: the reference never returns from one that has none."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 4))}", f"WKST={draw(st.sampled_from(DAYS))}"]
    parts += draw(_places(frequency))
    parts += draw(st.sampled_from([[], ["BYHOUR=8,17"], ["BYHOUR=9", "BYMINUTE=0,30"]]))
    ending = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if ending:
        value = str(draw(st.integers(1, 60))) if ending == "COUNT" else f"{draw(st.integers(2019, 2027))}0704T120000"
        parts.append(f"{ending}={value}")
    return ";".join(parts)


def _places(frequency: str) -> st.SearchStrategy[list[str]]:
    by_day, by_month_day = ANY_DAYS.map("BYDAY={}".format), _numbers(1, 28, signed=True).map("BYMONTHDAY={}".format)
    by_nth, by_month = NTH_DAYS.map("BYDAY={}".format), _numbers(1, 12).map("BYMONTH={}".format)
    nothing: st.SearchStrategy[list[str]] = st.just([])
    together = {
        "DAILY": (st.tuples(by_month), st.tuples(by_day), st.tuples(by_month_day), st.tuples(by_day, by_month)),
        "WEEKLY": (st.tuples(by_day), st.tuples(by_month, by_day), st.tuples(by_month)),
        "MONTHLY": (
            st.tuples(by_day),
            st.tuples(by_nth),
            st.tuples(by_month_day),
            st.tuples(by_day, POSITIONS.map("BYSETPOS={}".format)),
            st.tuples(by_month_day, st.just("BYDAY=MO,TU,WE,TH,FR")),
        ),
        "YEARLY": (
            st.tuples(by_month),
            st.tuples(by_nth),
            st.tuples(by_month, by_nth),
            st.tuples(by_month, by_month_day),
            st.tuples(by_month, by_day, POSITIONS.map("BYSETPOS={}".format)),
            st.tuples(_numbers(1, 365, signed=True).map("BYYEARDAY={}".format)),
            st.tuples(_numbers(1, 52, signed=True).map("BYWEEKNO={}".format), by_day),
        ),
    }
    return nothing | st.one_of(*together[frequency]).map(list)


@given(
    rules(),
    st.datetimes(wall(2018, 1, 1), wall(2021, 12, 28)).map(lambda at: at.replace(second=0, microsecond=0)),
    st.datetimes(wall(2017, 1, 1), wall(2028, 1, 1)),
    st.integers(1, 800),
)
@example("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", wall(2018, 12, 31, 9), wall(2018, 12, 1), 800)
def test_any_stretch_of_a_rule_is_what_the_reference_gives(
    text: str, start: datetime, low: datetime, days: int
) -> None:
    """Skipping what lies before the window loses no occurrence and invents none."""
    if start.day > 28 and "BYMONTHDAY" not in text and "BYDAY" not in text:
        start = start.replace(day=28)
    read_rule, high = rule(text), low + timedelta(days=days)
    until = read_rule.until
    found = list(occurrences(read_rule, start, low, high, lambda each: until is not None and each > until.wall))
    assert found == rrulestr(text, dtstart=start).between(low, high, inc=True)


@given(
    st.sampled_from(["Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago"]),
    st.sampled_from(DAYS),
    st.integers(0, 23),
    st.integers(1, 1200),
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
)
def test_a_weekly_hour_is_where_the_clock_on_the_wall_says(
    zone: str, day: str, hour: int, minutes: int, first: date
) -> None:
    """A boundary between summer and winter moves nobody's standing meeting."""
    info = ZoneInfo(zone)
    start = wall(2023, 1, 2, hour) + timedelta(days=DAYS.index(day))
    opening = floor_minute(datetime(first.year, first.month, first.day, tzinfo=UTC))
    window = Span(opening, opening + 60 * 1440)
    text = (
        f"BEGIN:VEVENT\nDTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}\nDURATION:PT{minutes}M\n"
        "RRULE:FREQ=WEEKLY\nEND:VEVENT\n"
    )
    walls = (start + timedelta(weeks=week) for week in range(500))
    starts = (floor_minute(each.replace(tzinfo=info)) for each in walls)
    expected = [(max(at, window.start), min(at + minutes, window.end)) for at in starts]
    found = read(text.encode(), window, where=Whereabouts("UTC"), owner="").busy
    assert [(busy.span.start, busy.span.end) for busy in found] == [pair for pair in expected if pair[0] < pair[1]]


@pytest.mark.parametrize(
    "text",
    ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;INTERVAL=7;BYDAY=TU", "FREQ=MONTHLY;INTERVAL=12;BYMONTH=3"],
)
def test_a_rule_that_never_fits_costs_nothing(text: str) -> None:
    """Somebody's slip must not take a sweep's five seconds."""
    started = time.process_time()
    start = wall(1900, 1, 1)
    assert not list(occurrences(rule(text), start, wall(2027, 1, 1), wall(2027, 3, 1), lambda _: False))
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize(
    "text",
    [
        "", "FREQ=FORTNIGHTLY", "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=x", "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;BYHOUR=24", "FREQ=DAILY;BYDAY=MO,", "FREQ=DAILY;BYDAY=MX", "FREQ=DAILY;WKST=XX",
        "FREQ=DAILY;BYEASTER=1", "FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=MONTHLY;BYYEARDAY=1", "FREQ=MONTHLY;BYWEEKNO=1",
        "FREQ=YEARLY;BYSETPOS=1", "FREQ=YEARLY;RSCALE=HEBREW", "FREQ=YEARLY;RSCALE=GREGORIAN;SKIP=FORWARD",
        "FREQ=HOURLY", "FREQ=MINUTELY;COUNT=3;BYDAY=MO",
    ],
)  # fmt: skip
def test_what_is_not_in_the_standard_is_not_guessed_at(text: str) -> None:
    """A rule half understood would leave gaps that are not there."""
    assert rule(text).pattern is None
    assert rule(text).longest is None
    ending = rule(f"{text};UNTIL=20270401").until
    assert ending is not None
    assert ending.all_day


def test_spaces_small_letters_and_a_last_semicolon_do_no_harm() -> None:
    """Programs write rules in many ways that all mean the same."""
    found = rule("freq=daily; byday=mo, tu ;count=3;rscale=gregorian;")
    days = Limits(day=frozenset({(0, 0), (0, 1)}))
    assert (found.pattern, found.count) == (Pattern(Frequency.DAILY, limits=days), 3)
