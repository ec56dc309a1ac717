"""Whole days and floating times follow the calendar's owner, who may travel."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from agent.core.observation import Busy
from agent.core.timespan import Span
from agent.core.whereabouts import Journey, Whereabouts
from agent.ical.bounded import Document, read_bounded
from agent.ical.read import read
from agent.ical.travels import Travelling
from tests.ical.expectations import span

OWNER = "owner@people.example"
TOKYO = Journey(date(2027, 3, 10), date(2027, 3, 19), "Asia/Tokyo")
"""Nine hours ahead of Lisbon, whose clocks go forward on 28 March."""
NEW_YORK = Journey(date(2027, 3, 20), date(2027, 3, 30), "America/New_York")
"""Begins where the other ends; four hours behind UTC all the time."""
WHERE = Whereabouts("Europe/Lisbon", (TOKYO, NEW_YORK))
MARCH = span("2027-02-25 / 2027-04-10")


def event(text: str) -> bytes:
    return f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n{text}END:VEVENT\nEND:VCALENDAR\n".encode()


def busy(text: str, where: Whereabouts = WHERE) -> list[Span]:
    return [each.span for each in read(event(text), MARCH, where=where, owner=OWNER).busy]


def day(first: str, after: str) -> str:
    return f"DTSTART;VALUE=DATE:{first}\nDTEND;VALUE=DATE:{after}\n"


def floating(first: str, last: str) -> str:
    return f"DTSTART:{first}\nDTEND:{last}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (day("20270309", "20270310"), "2027-03-09 / 2027-03-10"),
        (day("20270312", "20270313"), "2027-03-11 15:00 / 2027-03-12 15:00"),
        (day("20270324", "20270325"), "2027-03-24 04:00 / 2027-03-25 04:00"),
        (day("20270331", "20270401"), "2027-03-30 23:00 / 2027-03-31 23:00"),
        (day("20270305", "20270315"), "2027-03-05 / 2027-03-14 15:00"),
        (day("20270305", "20270405"), "2027-03-05 / 2027-04-04 23:00"),
        (floating("20270312T100000", "20270312T110000"), "2027-03-12 01:00 / 02:00"),
        (floating("20270329T100000", "20270329T110000"), "2027-03-29 14:00 / 15:00"),
        (floating("20270308T100000", "20270308T110000"), "2027-03-08 10:00 / 11:00"),
    ],
    ids=["eve", "in Tokyo", "in New York", "back home", "into a stay", "over both", "there", "in summer", "at home"],
)
def test_what_names_no_zone_is_where_its_owner_is(text: str, expected: str) -> None:
    """A day off in Tokyo is a day there: by Lisbon's clock half of it would be open."""
    assert busy(text) == [span(expected)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (day("20270310", "20270311"), "2027-03-09 15:00 / 2027-03-11"),
        (day("20270319", "20270320"), "2027-03-18 15:00 / 2027-03-20 04:00"),
        (day("20270320", "20270321"), "2027-03-19 15:00 / 2027-03-21 04:00"),
        (day("20270330", "20270331"), "2027-03-29 23:00 / 2027-03-31 04:00"),
        (day("20270309", "20270311"), "2027-03-09 / 2027-03-11"),
        (floating("20270310T100000", "20270310T110000"), "2027-03-10 01:00 / 11:00"),
        (floating("20270309T220000", "20270310T080000"), "2027-03-09 22:00 / 2027-03-10 08:00"),
        (floating("20270330T220000", "20270331T080000"), "2027-03-30 21:00 / 2027-03-31 07:00"),
    ],
    ids=["first day", "last day", "from one to the other", "last of all", "two days", "morning", "flight", "way home"],
)
def test_on_the_first_and_last_day_of_a_stay_every_reading_counts(text: str, expected: str) -> None:
    """Before or after the flight: nobody can tell, and a meeting booked into it is one missed."""
    assert busy(text) == [span(expected)]


def test_what_takes_no_time_takes_none_on_a_travel_day() -> None:
    assert busy("DTSTART:20270310T100000\n") == []


def test_what_names_its_zone_stays_there() -> None:
    """Only times without a zone move with their owner."""
    there = "DTSTART;TZID=Europe/Lisbon:20270312T100000\nDTEND;TZID=Europe/Lisbon:20270312T110000\n"
    assert busy(there) == [span("2027-03-12 10:00 / 11:00")]
    assert busy(floating("20270310T100000Z", "20270310T110000Z")) == [span("2027-03-10 10:00 / 11:00")]


def test_a_series_of_whole_days_follows_its_owner() -> None:
    """Fridays off, at home, in Tokyo, in New York, and at home in summer time, but for the one that is left out."""
    text = day("20270226", "20270227") + "RRULE:FREQ=WEEKLY;UNTIL=20270402\nEXDATE;VALUE=DATE:20270326\n"
    assert busy(text) == [
        span("2027-02-26 / 2027-02-27"),
        span("2027-03-05 / 2027-03-06"),
        span("2027-03-11 15:00 / 2027-03-12 15:00"),
        span("2027-03-18 15:00 / 2027-03-20 04:00"),
        span("2027-04-01 23:00 / 2027-04-02 23:00"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (day("20270328", "20270329"), "2027-03-28 / 2027-03-28 23:00"),
        (floating("20270328T003000", "20270328T023000"), "2027-03-28 00:30 / 01:30"),
        (floating("20270327T220000", "20270328T060000"), "2027-03-27 22:00 / 2027-03-28 05:00"),
    ],
)
def test_at_home_a_change_of_the_clocks_makes_a_day_shorter(text: str, expected: str) -> None:
    """With a journey somewhere else in the year, and without any."""
    for where in (Whereabouts("Europe/Lisbon", (TOKYO,)), Whereabouts("Europe/Lisbon")):
        assert busy(text, where) == [span(expected)]


def test_the_reader_in_its_own_process_knows_the_journeys_too() -> None:
    """It is the one that reads when it matters."""
    document = Document(event(day("20270312", "20270313")))
    reading = read_bounded([document], MARCH, where=WHERE, owner=OWNER, own=frozenset(), whole=True)
    assert reading.busy == (Busy(span("2027-03-11 15:00 / 2027-03-12 15:00")),)


def test_the_clock_of_a_traveller_goes_both_ways() -> None:
    """Wall times made from instants are read back as the same instants, on days that are spent in one place."""
    clock = Travelling(WHERE)
    for number in (1, 12, 24, 31):
        moment = datetime(2027, 3, number, 12, 30, tzinfo=UTC)
        assert moment.astimezone(clock).astimezone(UTC) == moment
    assert clock.utcoffset(None) is None
