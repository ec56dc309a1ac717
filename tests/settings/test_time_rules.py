"""Every form in which time can be written means what it says, on the days it says."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from agent.core.availability import open_time
from agent.core.meter import meter
from agent.core.people import Person
from agent.core.rules import Dates, Rule
from agent.core.timespan import DAY, Span, floor_minute
from agent.core.whereabouts import Journey
from agent.settings.errors import SettingsError
from agent.settings.values import deployment
from tests.settings import deployment_files

NOW = datetime(2027, 1, 4, tzinfo=UTC)
FREE = 'availability: [{from: "12:00", to: "24:00"}]'
ZONE = "Europe/London"


def person(home: Path, *changes: tuple[str, str]) -> Person:
    """The third mentee, in London's winter, who is free from noon; then with changes."""
    settings = deployment_files.read(home, *(("people.yaml", old, new) for old, new in changes))
    return deployment(settings, NOW).people["mentee-3"]


def rule(home: Path, written: str, *changes: tuple[str, str]) -> Rule:
    (found,) = person(home, (FREE, f"availability: [{{{written}}}]"), *changes).availability
    return found


def days(found: Rule, first: date, last: date) -> list[str]:
    among = range(first.toordinal(), last.toordinal() + 1)
    return [f"{date.fromordinal(day):%m-%d}" for day in found.days(among)]


TUESDAY, MONDAY = date(2027, 1, 5), date(2027, 1, 11)
JANUARY = (date(2027, 1, 1), date(2027, 1, 31))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("dates: 2027-01-05", ["01-05"]),
        ("dates: [2027-01-05, 2027-01-11..2027-01-13]", ["01-05", "01-11", "01-12", "01-13"]),
        ("days: mon, dates: [2027-01-05, 2027-01-11..2027-01-13]", ["01-11"]),
        ("days: mon, weeks: every 2 weeks from 2027-01-04", ["01-04", "01-18"]),
        ("days: mon, weeks: every other week from 2027-01-09", ["01-04", "01-18"]),
        ("days: mon, weeks: every 3 weeks from 2027-03-08", ["01-04", "01-25"]),
        ('rrule: "FREQ=MONTHLY;BYDAY=1MO,-1FR", since: 2027-01-02', ["01-04", "01-29"]),
        ("rrule: FREQ=MONTHLY, since: 2026-12-15", ["01-15"]),
        ('rrule: "RRULE:FREQ=MONTHLY", since: 2026-12-15', ["01-15"]),
        ("rrule: FREQ=WEEKLY;INTERVAL=2;COUNT=2, since: 2027-01-08", ["01-08", "01-22"]),
        ("rrule: freq=daily;until=2027-01-03, since: 2027-01-02", ["01-02", "01-03"]),
        ('rrule: "FREQ=DAILY;UNTIL=20270103", since: 2026-01-02, dates: 2027-01-03..2027-02-03', ["01-03"]),
    ],
)
def test_a_rule_starts_on_the_days_it_names(tmp_path: Path, written: str, expected: list[str]) -> None:
    assert days(rule(tmp_path, written), *JANUARY) == expected


def test_the_week_with_the_day_in_it_begins_where_the_persons_week_does(tmp_path: Path) -> None:
    """A Sunday belongs to the week before it in Lisbon and to the week after it in Riyadh."""
    written = "days: sun, weeks: every 2 weeks from 2027-01-04"
    assert days(rule(tmp_path, written), *JANUARY) == ["01-03", "01-17", "01-31"]
    assert days(rule(tmp_path, written, ("week_starts: sun", "week_starts: mon")), *JANUARY) == ["01-10", "01-24"]


def test_a_working_week_may_run_from_sunday_to_thursday(tmp_path: Path) -> None:
    found = rule(tmp_path, 'days: sun-thu, from: "09:00", to: "17:00"')
    assert days(found, date(2027, 1, 3), date(2027, 1, 9)) == ["01-03", "01-04", "01-05", "01-06", "01-07"]


def noon(day: int) -> int:
    return floor_minute(datetime(2027, 1, day, 12, tzinfo=UTC))


def test_availability_across_midnight_is_one_stretch(tmp_path: Path) -> None:
    """Cut at midnight, a meeting from 23:30 would find no room."""
    night = person(tmp_path, (FREE, 'availability: [{days: mon, from: "22:00", to: "02:00"}]'))
    found = open_time(night, Span(noon(11), noon(12)))
    assert found == (Span(noon(11) + 10 * 60, noon(11) + 14 * 60),)


def test_public_holidays_close_the_local_day(tmp_path: Path) -> None:
    """2 January is a bank holiday in Scotland, and in 2027 its substitute is Monday the 4th."""
    assert not open_time(person(tmp_path), Span(noon(4) - DAY // 2, noon(4) + DAY // 2))
    english = person(tmp_path, ("GB-SCT", "GB-ENG"))
    assert open_time(english, Span(noon(4), noon(4) + DAY // 2)) == (Span(noon(4), noon(4) + DAY // 2),)


def test_good_hours_are_the_programmes_unless_a_person_has_their_own(tmp_path: Path) -> None:
    """Nine to five every day, where nobody says anything."""
    nine_to_five = (Rule(start=540, end=1020),)
    assert person(tmp_path).good_hours == nine_to_five
    own = "week_starts: sun", 'good_hours: [{days: mon-fri, from: "08:00", to: "10:00"}]'
    assert person(tmp_path, own).good_hours == (Rule(frozenset(range(5)), 480, 600),)
    assert person(tmp_path, ("week_starts: sun", "good_hours: []")).good_hours == ()


@pytest.mark.parametrize("written", ["[]", '[{from: "07:00", to: "21:00"}]'])
def test_a_programme_sets_its_own_good_hours_or_switches_their_cost_off(tmp_path: Path, written: str) -> None:
    """With an empty list no hour costs for being early or late."""
    change = ("policy.yaml", "holidays: respect", f"good_hours: {written}")
    people = deployment(deployment_files.read(tmp_path, change), NOW).people
    early, window = Span(noon(6) - 5 * 60, noon(6) - 4 * 60), Span(noon(5), noon(7))
    assert meter(people["mentee-3"], (), window).of(early) == 0
    assert meter(person(tmp_path), (), window).of(early) == 15 * (8**2 + 7**2 + 6**2 + 5**2) / 8**2


def test_travels_become_journeys_in_order(tmp_path: Path) -> None:
    """They are written down as they are planned, not as they come."""
    written = """travel:
      - {dates: 2027-05-01..2027-05-09, time_zone: Asia/Tokyo}
      - {dates: 2027-03-01, time_zone: America/New_York}
      - {dates: 2027-05-10..2027-05-12, time_zone: Europe/Lisbon}"""
    found = person(tmp_path, ("week_starts: sun", written))
    assert found.journeys == (
        Journey(date(2027, 3, 1), date(2027, 3, 1), "America/New_York"),
        Journey(date(2027, 5, 1), date(2027, 5, 9), "Asia/Tokyo"),
        Journey(date(2027, 5, 10), date(2027, 5, 12), "Europe/Lisbon"),
    )
    assert found.zone_at(datetime(2027, 5, 5, 12, tzinfo=UTC)) == "Asia/Tokyo"


def test_availability_travels_along(tmp_path: Path) -> None:
    """Noon to midnight is noon to midnight there."""
    away = person(tmp_path, ("week_starts: sun", "travel: [{dates: 2027-01-05..2027-01-09, time_zone: Asia/Tokyo}]"))
    found = open_time(away, Span(noon(7) - DAY // 2, noon(7) + DAY // 2))
    assert found == (Span(noon(7) - 9 * 60, noon(7) + 3 * 60),)


def test_whoever_cannot_rotate_has_only_their_good_hours(tmp_path: Path) -> None:
    """What costs anybody else is forbidden to them; nothing but this tells that they are one."""
    assert person(tmp_path).rotates
    fixed = person(tmp_path, ("week_starts: sun", "cannot_rotate: true"))
    assert not fixed.rotates
    assert open_time(fixed, Span(noon(6), noon(6) + DAY // 2)) == (Span(noon(6), noon(6) + 5 * 60),)


def test_dates_become_the_cores(tmp_path: Path) -> None:
    found = rule(tmp_path, "dates: [2027-01-05, 2027-01-11..2027-01-13]")
    assert found.dates == (Dates(date(2027, 1, 5), date(2027, 1, 5)), Dates(date(2027, 1, 11), date(2027, 1, 13)))


def test_terms_are_written_once_for_several_rules(tmp_path: Path) -> None:
    """A school's terms change every year, and would otherwise have to be changed in every rule."""
    written = "availability: [{dates: &terms [2027-01-05, 2027-01-11], from: 08:00, to: 09:00}, {dates: *terms}]"
    first, second = person(tmp_path, (FREE, written)).availability
    assert first.dates == second.dates == (Dates(TUESDAY, TUESDAY), Dates(MONDAY, MONDAY))


def test_rules_that_do_not_hold_every_week_do_not_make_a_person_unavailable(tmp_path: Path) -> None:
    """Only what binds in any week is held against whoever writes it."""
    limits = (
        "boundaries:\n"
        "      - {weeks: every 2 weeks from 2027-01-04}\n"
        '      - {rrule: "FREQ=MONTHLY;BYDAY=1MO", since: 2027-01-04}\n'
        "      - {dates: [2027-02-01..2027-03-01, 2027-05-01..2027-06-01]}\n"
    )
    assert len(person(tmp_path, ("week_starts: sun", limits)).boundaries) == 3
    assert rule(tmp_path, 'from: "09:00", to: "10:00", rrule: "FREQ=MONTHLY;BYDAY=1MO", since: 2027-01-04').recurrence
    assert person(
        tmp_path,
        (FREE, 'availability: [{days: mon, weeks: every 2 weeks from 2027-01-04, from: "20:00", to: "21:00"}]'),
    )


@pytest.mark.parametrize(("mentees", "sound"), [(29, True), (30, False)])
def test_a_circle_has_thirty_people_at_most(tmp_path: Path, mentees: int, sound: bool) -> None:
    """More would never find a time, and make every search slow."""
    more = "".join(
        f"  - {{id: more-{n}, name: Example Mentee, email: more-{n}@northwind.example, time_zone: {ZONE},"
        f" availability: [{{days: daily}}]}}\n"
        for n in range(mentees)
    )
    ids = ", ".join(f"more-{n}" for n in range(mentees))
    changes = (("pairs:\n", f"{more}pairs:\n"), ("mentees: [mentee-1, mentee-2, mentee-3]", f"mentees: [{ids}]"))
    if sound:
        person(tmp_path, *changes)
        return
    with pytest.raises(SettingsError) as caught:
        person(tmp_path, *changes)
    (problem,) = caught.value.problems
    assert str(problem) == ("people.yaml:71:49 circles[0].mentees: these are 30, which is too many; write 29 at most")


@pytest.mark.parametrize(
    ("old", "key", "item"),
    [
        (FREE, "availability", "{days: daily}"),
        ("week_starts: sun", "boundaries", "{days: sat}"),
        ("week_starts: sun", "good_hours", "{days: mon}"),
        ("week_starts: sun", "calendars", "{kind: ics, path: a.ics}"),
        ("week_starts: sun", "travel", "{dates: 2027-05-01, time_zone: Asia/Tokyo}"),
    ],
)
def test_a_list_of_a_person_is_not_without_end(tmp_path: Path, old: str, key: str, item: str) -> None:
    """A script that writes a list over and over would make every search slow, and nobody would know why."""
    with pytest.raises(SettingsError) as caught:
        person(tmp_path, (old, f"{key}: [{', '.join([item] * 1001)}]"))
    found = [problem for problem in caught.value.problems if problem.path == f"people[3].{key}"]
    assert [(each.wrong, each.advice) for each in found] == [
        ("these are 1001, which is too many", "write 1000 at most")
    ]


def test_a_list_of_dates_is_not_without_end(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match="these are 1001, which is too many; write 1000 at most, or ranges of dates"
    ):
        rule(tmp_path, f"dates: [{', '.join(['2027-01-05'] * 1001)}]")
