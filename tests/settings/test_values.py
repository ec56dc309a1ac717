"""The files' words become the core's values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from agent.core.boundaries import Boundary, Strength
from agent.core.people import Medium
from agent.core.policy import Cadence, Policy
from agent.core.rules import Dates, Rule
from agent.settings.errors import HomeNotFound
from agent.settings.load import find_home
from agent.settings.values import Deployment, deployment, store_url
from tests.settings import deployment_files

NOW = datetime(2027, 1, 4, tzinfo=UTC)
WEEKDAYS = frozenset(range(5))
TRAVEL = "travel: [{dates: 2027-03-01, time_zone: Asia/Tokyo}]"
FIRST_MONDAYS = "rrule: 'FREQ=MONTHLY;BYDAY=1MO', since: 2027-01-04"
OVERRIDE = ("people.yaml", "cadence: {every: 3 weeks}")


def read(home: Path, *changes: tuple[str, str, str], now: datetime = NOW) -> Deployment:
    return deployment(deployment_files.read(home, *changes), now)


def test_the_documented_example_is_read_as_it_is_meant(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert (found.programme, found.rehearsal, found.sweep) == ("Northwind Mentoring", False, timedelta(minutes=5))
    assert (found.mail_from_name, found.mail_from_address) == ("Attune", "attune@northwind.example")
    assert found.store_url == f"sqlite:///{tmp_path}/attune.db"
    assert list(found.people) == ["mentor-1", "mentee-1", "mentee-2", "mentee-3"]
    assert list(found.relationships) == ["pair-1", "first-year"]
    assert [calendar.__class__.__name__ for calendar in found.calendars["mentor-1"]] == [
        "CalDavSettings",
        "IcsSettings",
    ]


def test_a_person_is_read_as_they_are_meant(tmp_path: Path) -> None:
    mentor = read(tmp_path).people["mentor-1"]
    assert mentor.availability == (Rule(weekdays=WEEKDAYS, start=540, end=1080),)
    assert mentor.boundaries == (
        Boundary(Rule(weekdays=WEEKDAYS, start=885, end=945)),
        Boundary(Rule(weekdays=WEEKDAYS, start=540, end=600), Strength.SOFT, 2.0),
        Boundary(Rule(dates=(Dates(date(2027, 2, 15), date(2027, 2, 19)),))),
    )
    assert mentor.media == (Medium.VIDEO, Medium.PHONE)
    assert mentor.books


def test_half_an_override_of_message_hours_keeps_the_other_half(tmp_path: Path) -> None:
    """Somebody who moved only the hours would otherwise get mail on Sundays."""
    found = read(tmp_path)
    assert found.people["mentor-1"].messages == (Rule(weekdays=WEEKDAYS, start=570, end=1020),)
    assert found.people["mentee-1"].messages == (Rule(weekdays=WEEKDAYS, start=480, end=1110),)


def test_a_night_crosses_midnight_and_a_week_may_start_on_sunday(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.people["mentee-2"].availability == (Rule(start=1320, end=1560),)
    assert found.people["mentee-3"].availability == (Rule(start=720, end=1440),)
    assert [found.people[who].week_starts for who in ("mentee-2", "mentee-3")] == [0, 6]


def test_public_holidays_follow_region_and_policy(tmp_path: Path) -> None:
    respected = read(tmp_path).people
    assert date(2027, 4, 25) in respected["mentor-1"].holidays
    assert {day.year for day in respected["mentor-1"].holidays} == {2026, 2027, 2028, 2029}
    assert not respected["mentee-1"].holidays
    ignored = read(tmp_path, ("policy.yaml", "respect ", "ignore "))
    assert not any(person.holidays for person in ignored.people.values())


def test_a_relationship_overrides_only_what_it_names(tmp_path: Path) -> None:
    found = read(tmp_path).relationships
    assert found["pair-1"].policy.cadence == Cadence(every=timedelta(weeks=3))
    assert found["first-year"].policy == Policy()
    assert [mentee.id for mentee in found["first-year"].mentees] == ["mentee-1", "mentee-2", "mentee-3"]


def test_dates_of_a_relationship_are_the_mentors_days(tmp_path: Path) -> None:
    """A pair that ends on a Friday may still meet on that Friday."""
    extra = "starts: 2027-07-01, ends: 2027-07-09, pauses: [2027-07-05..2027-07-06, 2027-07-08], paused: true"
    pair = read(tmp_path, (*OVERRIDE, extra)).relationships["pair-1"]
    assert pair.starts == datetime(2027, 6, 30, 23, tzinfo=UTC)
    assert pair.ends == datetime(2027, 7, 9, 23, tzinfo=UTC)
    assert pair.pauses[0] == Rule(dates=(Dates(date(2027, 7, 5), date(2027, 7, 6)),))
    assert pair.pauses[1] == Rule(dates=(Dates(date(2027, 7, 8), date(2027, 7, 8)),))
    assert pair.paused


def test_a_relationship_may_start_at_an_instant(tmp_path: Path) -> None:
    pair = read(tmp_path, (*OVERRIDE, "starts: 2027-07-01T09:00:00+02:00")).relationships["pair-1"]
    assert pair.starts == datetime(2027, 7, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize("nothing", ["", "# nothing of our own\n", "---\n", "null\n"])
def test_an_empty_policy_is_the_default_policy(tmp_path: Path, nothing: str) -> None:
    deployment_files.write(tmp_path)
    (tmp_path / "policy.yaml").write_text(nothing, encoding="utf-8")
    settings = deployment_files.load_from(tmp_path)
    assert settings.policy.values() == Policy()
    assert deployment(settings, NOW).people["mentee-1"].messages == (Rule(weekdays=WEEKDAYS, start=480, end=1110),)


def test_a_key_with_everything_behind_it_commented_out_is_not_given(tmp_path: Path) -> None:
    found = read(tmp_path, ("policy.yaml", "limits: {per_day: 2, per_week: 5} ", "limits: # {per_day: 1} "))
    assert found.relationships["pair-1"].policy.limits.per_day == 2


@pytest.mark.parametrize(
    ("url", "read_as"),
    [
        ("sqlite:///attune.db", "sqlite:////home/x/attune.db"),
        ("sqlite:////var/attune.db", "sqlite:////var/attune.db"),
        ("sqlite:///data/a.db?timeout=5", "sqlite:////home/x/data/a.db?timeout=5"),
        ("postgresql+psycopg://u@h/attune", "postgresql+psycopg://u@h/attune"),
    ],
)
def test_the_store_lies_in_the_deployment_folder(url: str, read_as: str) -> None:
    """Started from cron, the current folder is somewhere else."""
    assert store_url(url, Path("/home/x")) == read_as


def test_terms_are_the_same_on_every_run_and_every_year(tmp_path: Path) -> None:
    """A digest that moved by itself would have every pair planned anew at midnight on New Year's Eve."""
    assert read(tmp_path).terms == read(tmp_path, now=datetime(2029, 6, 1, tzinfo=UTC)).terms
    assert all(len(digest) == 64 for digest in read(tmp_path).terms.values())


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("people.yaml", "label: school run", "label: something else"),
        ("people.yaml", "label: school run, ", ""),
        ("people.yaml", "    name: Third Mentee", "    # a comment\n    name: Third Mentee"),
        ("attune.yaml", "Northwind Mentoring", "Southwind Mentoring"),
        ("people.yaml", "password_file: secrets/mentor-1", "password_file: secrets/mentor-1, password: x"),
    ],
)
def test_terms_do_not_depend_on_what_binds_nobody(tmp_path: Path, file: str, old: str, new: str) -> None:
    assert read(tmp_path, (file, old, new)).terms == read(tmp_path).terms


@pytest.mark.parametrize(
    ("file", "old", "new", "changed"),
    [
        ("people.yaml", 'to: "15:45"', 'to: "15:50"', {"pair-1", "first-year"}),
        ("people.yaml", "points: 2", "points: 3", {"pair-1", "first-year"}),
        ("people.yaml", "every: 3 weeks", "every: 4 weeks", {"pair-1"}),
        ("people.yaml", "cadence: {every: 3 weeks}", "paused: true, cadence: {every: 3 weeks}", {"pair-1"}),
        ("people.yaml", "America/Sao_Paulo", "America/Bahia", {"first-year"}),
        ("people.yaml", "GB-SCT", "GB-ENG", {"first-year"}),
        ("people.yaml", "calendars/mentor-1-team.ics", "calendars/other.ics", {"pair-1", "first-year"}),
        ("policy.yaml", "holidays: respect", "holidays: ignore", {"pair-1", "first-year"}),
        ("policy.yaml", "window: 4 days", "window: 3 days", {"pair-1", "first-year"}),
        ("policy.yaml", "notice: 24 h", "notice: 48 h", {"pair-1", "first-year"}),
        ("policy.yaml", "per_week: 5", "per_week: 4", {"pair-1", "first-year"}),
        ("policy.yaml", "08:00-18:30", "08:00-18:00", {"pair-1", "first-year"}),
        ("people.yaml", "week_starts: sun", "week_starts: sat", {"first-year"}),
        ("people.yaml", "week_starts: sun", "cannot_rotate: true\n    week_starts: sun", {"first-year"}),
        ("people.yaml", "week_starts: sun", "good_hours: []\n    week_starts: sun", {"first-year"}),
        ("people.yaml", "week_starts: sun", TRAVEL, {"first-year"}),
        ("people.yaml", "dates: 2027-02-15..2027-02-19", "dates: [2027-02-15]", {"pair-1", "first-year"}),
        ("people.yaml", "dates: 2027-02-15..2027-02-19", FIRST_MONDAYS, {"pair-1", "first-year"}),
        ("policy.yaml", "holidays: respect", "good_hours: []", {"pair-1", "first-year"}),
        ("people.yaml", "mentees: [mentee-1, mentee-2", "mentees: [mentee-2, mentee-1", {"first-year"}),
    ],
)
def test_terms_change_with_whatever_binds(tmp_path: Path, file: str, old: str, new: str, changed: set[str]) -> None:
    """A change of the files that nobody notices is a boundary crossed next week."""
    before, after = read(tmp_path).terms, read(tmp_path, (file, old, new)).terms
    assert {id_ for id_ in before if before[id_] != after[id_]} == changed


def test_home_is_what_is_given_then_the_environment_then_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, environment, here = (tmp_path / name for name in ("given", "environment", "here"))
    for folder in (given, environment, here):
        folder.mkdir()
        deployment_files.write(folder)
    monkeypatch.chdir(here)
    monkeypatch.delenv("ATTUNE_HOME", raising=False)
    assert find_home() == here
    monkeypatch.setenv("ATTUNE_HOME", str(environment))
    assert find_home() == environment
    assert find_home(given) == given


def test_a_folder_without_a_deployment_is_not_a_home(tmp_path: Path) -> None:
    with pytest.raises(HomeNotFound):
        find_home(tmp_path)
