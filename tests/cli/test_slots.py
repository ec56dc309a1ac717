"""“attune slots” lists the times at which a relationship could meet, and others for one that is booked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.cli import run

AT = "2027-03-01T12:00Z"
PEOPLE = """\
people:
  - id: mentor-1
    name: Example Mentor
    email: mentor-1@northwind.example
    time_zone: Europe/Lisbon
    availability: [{days: mon-fri, from: "09:00", to: "12:00"}]
    travel: [{dates: 2027-03-15..2027-03-17, time_zone: Europe/Berlin}]
  - id: mentee-1
    name: Example Mentee
    email: mentee-1@northwind.example
    time_zone: Africa/Accra
    availability: [{days: mon-fri}]
pairs:
  - {id: pair-1, mentor: mentor-1, mentee: mentee-1, starts: 2027-03-15}
"""


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "home"
    assert run(["init", str(folder)]) == 0
    text = (folder / "attune.yaml").read_text(encoding="utf-8").replace("rehearsal: false\n", "", 1)
    (folder / "attune.yaml").write_text(text + "\nrehearsal: true\n", encoding="utf-8")
    (folder / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    capsys.readouterr()
    return folder


def slots(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["slots", "pair-1", *arguments, "--home", str(home), "--at", AT]) == 0
    return capsys.readouterr().out


def as_json(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(slots(home, capsys, *arguments, "--json"))["candidates"]
    return found


def test_local_times_are_those_of_where_a_person_then_is(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mentor is in Berlin: nine there is eight in UTC."""
    monkeypatch.setenv("COLUMNS", "160")
    said = slots(home, capsys, "--from", "2027-03-15", "--weeks", "1", "--limit", "1")
    heads = " ".join(said.partition("┡")[0].replace("┃", " ").split())
    assert "Europe/Lisbon, and mentee-1 UTC away Africa/Accra" in heads
    row = next(line for line in said.splitlines() if "2027-03-15" in line)
    assert "Mon 15 Mar 10:00" in row
    assert "Mon 15 Mar 09:00" in row
    later = slots(home, capsys, "--from", "2027-03-22", "--weeks", "1", "--limit", "1")
    assert "away" not in later


def test_other_times_for_a_booked_meeting_lie_on_different_days(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its own time is not among them, nor is one that overlaps it."""
    run(["run", "--once", "--home", str(home), "--at", AT])
    capsys.readouterr()
    offered = as_json(home, capsys, "--instead")
    booked = json.loads(status(home, capsys))["relationships"][0]["meeting"]
    assert len(offered) == 5
    assert {each["start"][:10] for each in offered[:4]} == {f"2027-03-{day}" for day in (15, 16, 17, 18)}
    assert all(each["end"] <= booked["start"] or each["start"] >= booked["end"] for each in offered)
    assert len(as_json(home, capsys, "--instead", "--limit", "9")) == 9


def status(home: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert run(["status", "--json", "--home", str(home)]) == 0
    return capsys.readouterr().out


def test_beyond_the_horizon_it_is_the_horizon_that_stands_in_the_way(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who is told of notice would ask for a later day still."""
    far = ("--from", "2028-01-10")
    assert json.loads(slots(home, capsys, *far, "--json"))["reasons"] == [{"kind": "horizon", "minutes": 0, "only": 0}]
    said = slots(home, capsys, *far)
    assert "horizon" in said
    assert "notice" not in said
    assert "with --weeks it is looked at all the same" in said
    assert as_json(home, capsys, *far, "--weeks", "1")


def test_without_a_booked_meeting_there_is_no_other_time(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["slots", "pair-1", "--instead", "--home", str(home), "--at", AT]) == 2
    assert "pair-1 has no meeting booked; leave --instead out" in capsys.readouterr().err


@pytest.mark.parametrize("option", [("--from", "2027-03-15"), ("--weeks", "2")])
def test_other_times_are_looked_for_around_when_it_is_due(
    home: Path, capsys: pytest.CaptureFixture[str], option: tuple[str, str]
) -> None:
    assert run(["slots", "pair-1", "--instead", *option, "--home", str(home), "--at", AT]) == 2
    assert "leave --from and --weeks out" in capsys.readouterr().err


def test_weeks_that_are_over_are_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They would be said to be too short notice."""
    past = ("--from", "2027-02-01", "--weeks", "2")
    assert run(["slots", "pair-1", *past, "--home", str(home), "--at", AT]) == 2
    assert "those weeks were over on 2027-02-15; ask from 2027-03-01 on" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (["slots", "pair-1", "--from", "9999-12-01"], "“9999-12-01” is out of reach; write one between 1990 and 2199"),
        (["slots", "pair-1", "--from", "2027-13-01"], "“2027-13-01” is not a date; write one such as 2027-03-01"),
        (["slots", "pair-1", "--at", "0001-01-01T00:00+14:00"], "is out of reach; write one between 1990 and 2199"),
    ],
)
def test_a_day_beyond_all_calendars_is_refused(
    command: list[str], why: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--home", str(home)]) == 2
    assert why in " ".join(capsys.readouterr().err.split())


def widths(said: str) -> set[int]:
    return {len(line) for line in said.splitlines()}


def test_a_pairs_times_fit_eighty_columns_whole(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A date that is cut is no date, and points under each other can be compared."""
    text = (home / "people.yaml").read_text(encoding="utf-8").replace("Africa/Accra", "America/Argentina/Buenos_Aires")
    (home / "people.yaml").write_text(text, encoding="utf-8")
    said = slots(home, capsys, "--from", "2027-03-15", "--limit", "200")
    assert max(widths(said)) <= 80
    assert "│ 2027-03-18 11:00 │ Thu 18 Mar 11:00   0.00 │ Thu 18 Mar 08:00   6.80 │" in said
    assert "│ 2027-03-18 09:30 │ Thu 18 Mar 09:30   0.00 │ Thu 18 Mar 06:30  57.42 │" in said
    assert "45 minutes by video" in said
    assert "│ 2027-03-15 08:00 │ Mon 15 Mar 09:00   0.00 │ Mon 15 Mar 05:00 158.67 │" in said
    assert "┃ America/Argentina/" in said
    assert "┃ Buenos_Aires" in said


def test_a_circles_times_share_a_column_where_theirs_do_not_fit(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (home / "people.yaml").read_text(encoding="utf-8")
    more = "".join(
        f"  - {{id: mentee-{n}, name: Example Mentee, email: mentee-{n}@northwind.example, time_zone: Asia/Kolkata,"
        f" availability: [{{days: mon-fri}}]}}\n"
        for n in (2, 3, 4)
    )
    circle = "circles:\n  - {id: circle, mentor: mentor-1, mentees: [mentee-1, mentee-2, mentee-3, mentee-4]}\n"
    (home / "people.yaml").write_text(text.replace("pairs:\n", f"{more}pairs:\n") + circle, encoding="utf-8")
    assert run(["slots", "circle", "--limit", "3", "--home", str(home), "--at", AT]) == 0
    said = capsys.readouterr().out
    assert max(widths(said)) <= 80
    words = " ".join(said.replace("│", " ").split())
    assert "2027-03-03 09:00 0.00 mentor-1 Wed 09:00, mentee-1 Wed 09:00, mentee-2 Wed 14:30," in words


def test_whose_calendar_cannot_be_read_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The operator need not run another command to know whom to ask."""
    text = (home / "people.yaml").read_text(encoding="utf-8")
    unread = "    calendars: [{kind: ics, path: missing.ics}]\n    travel:"
    (home / "people.yaml").write_text(text.replace("    travel:", unread), encoding="utf-8")
    assert run(["slots", "pair-1", "--home", str(home), "--at", AT]) == 0
    said = capsys.readouterr()
    assert "A calendar of mentor-1 cannot be read, and unknown is not free; `attune doctor` says why." in said.out
    assert "event='calendar unreadable' calendar=0 person='mentor-1' why='Missing'" in said.err
