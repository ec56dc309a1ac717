"""Somebody's clock, at home and away, shows what ``zoneinfo`` says at every instant."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.timespan import DAY, Span, floor_minute, instant
from agent.core.whereabouts import Journey, Whereabouts
from tests.factories import at, person, span

ZONES = sorted(available_timezones())
FROM, TO = floor_minute(datetime(1975, 1, 1, tzinfo=UTC)), floor_minute(datetime(2060, 1, 1, tzinfo=UTC))
MINUTES = st.integers(FROM, TO)


@given(st.sampled_from(ZONES), MINUTES)
def test_a_minute_has_the_local_day_of_its_wall_clock(zone: str, minute: int) -> None:
    wall = instant(minute).astimezone(ZoneInfo(zone))
    assert Whereabouts(zone).local_day(minute) == wall.toordinal()


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
    day, clock = date.fromisoformat(wall[:10]).toordinal(), int(wall[11:13]) * 60 + int(wall[14:])
    assert instant(Whereabouts(zone).utc(day, clock)) == at(utc)
    assert Whereabouts(zone).utc(day - 1, clock + DAY) == Whereabouts(zone).utc(day, clock)


AWAY = Whereabouts(
    "Europe/Lisbon",
    (
        Journey(date(2027, 3, 10), date(2027, 3, 12), "Pacific/Auckland"),
        Journey(date(2027, 3, 14), date(2027, 3, 14), "America/New_York"),
    ),
)


@pytest.mark.parametrize(
    ("moment", "zone"),
    [
        ("2027-03-09 10:59", "Europe/Lisbon"),
        ("2027-03-09 11:00", "Pacific/Auckland"),  # midnight of the tenth there
        ("2027-03-12 10:59", "Pacific/Auckland"),
        ("2027-03-12 11:00", "Europe/Lisbon"),
        ("2027-03-14 05:00", "America/New_York"),
        ("2027-03-15 03:59", "America/New_York"),  # summer time has begun there that morning
        ("2027-03-15 04:00", "Europe/Lisbon"),
    ],
)
def test_a_journey_is_the_whole_of_its_days_there(moment: str, zone: str) -> None:
    assert AWAY.zone_at(floor_minute(at(moment))) == zone


def test_a_person_is_in_the_zone_of_their_journey() -> None:
    away = person(zone=AWAY.home, journeys=AWAY.journeys)
    assert [away.zone_at(at(f"2027-03-{day} 12:00")) for day in ("09", "11")] == [
        "Pacific/Auckland",
        "Pacific/Auckland",
    ]
    assert away.zone_at(at("2027-03-13 12:00")) == "Europe/Lisbon"


def test_a_journey_to_a_day_that_never_was_is_none() -> None:
    never = date(2011, 12, 30)
    assert (
        Whereabouts("UTC", (Journey(never, never, "Pacific/Apia"),)).zone_at(floor_minute(at("2011-12-30 12:00")))
        == "UTC"
    )


@given(st.integers(floor_minute(at("2027-03-05 00:00")), floor_minute(at("2027-03-18 00:00"))), st.integers(1, 9 * DAY))
def test_the_segments_of_somebody_who_travels_are_those_of_where_they_are(start: int, length: int) -> None:
    window = Span(start, start + length)
    found = AWAY.segments(window)
    assert (found[0].span.start, found[-1].span.end) == (window.start, window.end)
    for before, after in itertools.pairwise(found):
        assert before.span.end == after.span.start
    for segment in found:
        for minute in (segment.span.start, segment.span.end - 1):
            wall = instant(minute).astimezone(ZoneInfo(AWAY.zone_at(minute)))
            assert wall.utcoffset() == timedelta(minutes=segment.offset)


def test_who_travels_on_does_not_come_home_in_between() -> None:
    """From London's last midnight to New York's first morning nobody is back in Tokyo."""
    where = Whereabouts(
        "Asia/Tokyo",
        (
            Journey(date(2027, 1, 10), date(2027, 1, 12), "Europe/London"),
            Journey(date(2027, 1, 13), date(2027, 1, 16), "America/New_York"),
        ),
    )
    assert where.zone_at(floor_minute(at("2027-01-13 04:59"))) == "Europe/London"
    assert where.zone_at(floor_minute(at("2027-01-13 05:00"))) == "America/New_York"
    assert [s.offset for s in where.segments(span("2027-01-12 12:00", 2 * DAY))] == [0, -300]


def test_over_the_date_line_the_earlier_stay_is_lived_to_its_end() -> None:
    """Kiritimati's New Year begins an hour before Niue's New Year's Eve does, and one cannot be in both."""
    where = Whereabouts(
        "Africa/Casablanca",
        (
            Journey(date(2026, 12, 31), date(2026, 12, 31), "Pacific/Niue"),
            Journey(date(2027, 1, 1), date(2027, 1, 2), "Pacific/Kiritimati"),
        ),
    )
    moments = ("2026-12-31 10:30", "2026-12-31 11:00", "2027-01-01 10:59", "2027-01-01 11:00")
    zones = [where.zone_at(floor_minute(at(moment))) for moment in moments]
    assert zones == ["Africa/Casablanca", "Pacific/Niue", "Pacific/Niue", "Pacific/Kiritimati"]
    assert [s.offset for s in where.segments(span("2026-12-31 10:30", 2 * DAY))][:3] == [where_casablanca(), -660, 840]


def test_a_stay_that_was_over_before_one_arrived_is_none() -> None:
    """Kiritimati's second of January is the very day that is the first in Honolulu."""
    journeys = (
        Journey(date(2027, 1, 1), date(2027, 1, 1), "Pacific/Honolulu"),
        Journey(date(2027, 1, 2), date(2027, 1, 2), "Pacific/Kiritimati"),
    )
    where = Whereabouts("Europe/Lisbon", journeys)
    moments = ("2027-01-01 10:00", "2027-01-02 09:59", "2027-01-02 10:00")
    zones = [where.zone_at(floor_minute(at(moment))) for moment in moments]
    assert zones == ["Pacific/Honolulu", "Pacific/Honolulu", "Europe/Lisbon"]


def where_casablanca() -> int:
    (segment,) = Whereabouts("Africa/Casablanca").segments(span("2026-12-31 10:30", 1))
    return segment.offset
