"""Times as each reader lives them: own time first, other people's beside it, in the words of the language."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.core.people import Person
from agent.core.timespan import Span
from agent.mail.languages import language
from agent.mail.moments import city, moment
from agent.mail.plan import PARTS, plan
from tests import factories
from tests.mail import letters


def shown(reader: Person, *others: Person, when: str = "2027-03-11 15:00", tag: str = "en") -> dict[str, object]:
    return moment(language(tag), reader, others, factories.span(when))


def test_another_day_is_named_and_the_same_day_is_not() -> None:
    told = shown(letters.MENTOR, letters.MENTEE, letters.SECOND)
    assert told["day"] == "Thursday, 11 March 2027"
    assert (told["start"], told["end"], told["city"]) == ("15:00", "15:45", "Lisbon")
    assert told["others"] == [
        {"name": "Example Mentee", "day": "Friday", "start": "01:30", "end": "02:15"},
        {"name": "Second Mentee", "day": "", "start": "20:30", "end": "21:15"},
    ]


@pytest.mark.parametrize(
    ("tag", "start", "short"),
    [
        ("en", "15:00", "Thu 11 Mar, 15:00"),
        ("en-US", "3:00\u202fPM", "Thu, Mar 11, 3:00\u202fPM"),
        ("pt", "15:00", "quinta, 11/03, 15:00"),
        ("pt-BR", "15:00", "qui., 11 de mar., 15:00"),
    ],
)
def test_the_hour_cycle_and_the_date_are_the_languages(tag: str, start: str, short: str) -> None:
    told = shown(letters.MENTOR, tag=tag)
    assert (told["start"], told["short"]) == (start, short)


@pytest.mark.parametrize(
    ("when", "start"),
    [("2027-03-27 12:00", "12:00"), ("2027-03-28 12:00", "13:00"), ("2027-10-31 12:00", "12:00")],
)
def test_a_time_follows_the_readers_clock_over_a_change(when: str, start: str) -> None:
    assert shown(letters.MENTOR, when=when)["start"] == start


def test_a_meeting_over_midnight_ends_on_the_next_day() -> None:
    reader = replace(letters.MENTOR, zone="UTC")
    told = shown(reader, when="2027-03-11 23:30")
    assert (told["day"], told["start"], told["end"]) == ("Thursday, 11 March 2027", "23:30", "00:15")


@pytest.mark.parametrize(
    ("zone", "tag", "name"),
    [
        ("Europe/Lisbon", "pt", "Lisboa"),
        ("America/Argentina/Buenos_Aires", "en", "Buenos Aires"),
        ("Etc/UTC", "en", "UTC"),
        ("Asia/Kolkata", "en", "Kolkata"),
    ],
)
def test_a_zone_is_named_by_its_city(zone: str, tag: str, name: str) -> None:
    assert city(zone, language(tag)) == name


@pytest.mark.parametrize("minutes", [6, 25, 30, 45, 50, 60, 90, 100, 480])
def test_a_plan_fills_the_meeting_exactly(minutes: int) -> None:
    parts = plan(Span(0, minutes))
    assert list(parts) == [name for name, _ in PARTS]
    assert sum(parts.values()) == minutes
    assert min(parts.values()) >= 1


def test_a_meeting_too_short_for_a_plan_still_gets_one() -> None:
    assert set(plan(Span(0, 2)).values()) == {1}
