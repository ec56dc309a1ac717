"""Zones cut into stretches of constant offset say the same as ``zoneinfo`` at every instant."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core import zones
from agent.core.timespan import DAY, Span, floor_minute, instant
from tests.factories import at

ZONES = sorted(available_timezones())
FROM, TO = floor_minute(datetime(1975, 1, 1, tzinfo=UTC)), floor_minute(datetime(2060, 1, 1, tzinfo=UTC))
"""Before 1975 a few zones had offsets of odd seconds; nobody meets there."""

MINUTES = st.integers(FROM, TO)


def offset(zone: str, minute: int) -> timedelta | None:
    return instant(minute).astimezone(ZoneInfo(zone)).utcoffset()


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_is_cut_where_its_offset_changes(zone: str) -> None:
    """One year of each zone, asked every hour and on both sides of every cut."""
    window = Span(floor_minute(datetime(2027, 1, 1, tzinfo=UTC)), floor_minute(datetime(2028, 1, 1, tzinfo=UTC)))
    cut = zones.segments(zone, window.start, window.end)
    assert (cut[0].span.start, cut[-1].span.end) == (window.start, window.end)
    for before, after in itertools.pairwise(cut):
        assert before.span.end == after.span.start
        assert before.offset != after.offset
    for segment in cut:
        asked = (*range(segment.span.start, segment.span.end, 60 * 24), segment.span.end - 1)
        assert {offset(zone, minute) for minute in asked} == {timedelta(minutes=segment.offset)}


@given(st.sampled_from(ZONES), MINUTES, st.integers(1, 400 * DAY))
def test_the_segments_of_a_window_cover_it_and_agree_at_any_instant(zone: str, start: int, length: int) -> None:
    window = Span(start, start + length)
    found = zones.year_segments(zone, window)
    assert found[0].span.start <= window.start
    assert found[-1].span.end >= window.end
    for minute in (window.start, window.start + length // 3, window.end - 1):
        here = [s for s in found if s.span.start <= minute < s.span.end]
        assert [timedelta(minutes=s.offset) for s in here] == [offset(zone, minute)]


@given(st.sampled_from(ZONES), MINUTES)
def test_a_minute_has_the_local_date_of_its_wall_clock(zone: str, minute: int) -> None:
    wall = instant(minute).astimezone(ZoneInfo(zone))
    assert zones.local_date(minute, zone) == wall.date()
    assert zones.local(instant(minute), zone) == wall
    assert zones.local(instant(minute), zone).utcoffset() == wall.utcoffset()


@given(st.sampled_from(ZONES), MINUTES, st.integers(1, 5 * DAY))
def test_the_days_of_a_window_reach_one_further_on_either_side(zone: str, start: int, length: int) -> None:
    window = Span(start, start + length)
    days = zones.days_of(window, zone)
    touched = {zones.local_date(minute, zone) for minute in (*range(start, window.end, 60), window.end - 1)}
    assert touched <= set(days)
    assert days[0] == min(touched) - timedelta(days=1)
    assert days[-1] == max(touched) + timedelta(days=1)
    assert [day.toordinal() for day in days] == list(range(days[0].toordinal(), days[-1].toordinal() + 1))


@pytest.mark.parametrize(
    ("wall", "zone", "utc"),
    [
        ("2027-07-01 09:00", "Europe/Lisbon", "2027-07-01 08:00"),
        ("2027-03-28 01:30", "Europe/Lisbon", "2027-03-28 01:30"),  # skipped: read with the offset before the gap
        ("2027-10-31 01:30", "Europe/Lisbon", "2027-10-31 00:30"),  # repeated: the first of the two
        ("2027-10-03 02:15", "Australia/Lord_Howe", "2027-10-02 15:45"),  # half an hour is skipped
        ("2011-12-30 12:00", "Pacific/Apia", "2011-12-30 22:00"),  # a day that never was
    ],
)
def test_a_wall_time_is_read_as_rfc_5545_reads_it(wall: str, zone: str, utc: str) -> None:
    day, clock = date.fromisoformat(wall[:10]), int(wall[11:13]) * 60 + int(wall[14:])
    assert instant(zones.wall_to_utc(day, clock, zone)) == at(utc)
    assert zones.wall_to_utc(day - timedelta(days=1), clock + DAY, zone) == zones.wall_to_utc(day, clock, zone)


@pytest.mark.parametrize("name", ["Europe/Lisbon", "Asia/Kolkata", "UTC"])
def test_a_zone_of_the_pinned_rules_exists(name: str) -> None:
    assert zones.exists(name)
    assert name in zones.names()


@pytest.mark.parametrize("name", ["Europe/Lisboa", "../../etc/passwd", "/etc/localtime", "Europe", ""])
def test_what_is_no_zone_does_not_exist(name: str) -> None:
    assert not zones.exists(name)
