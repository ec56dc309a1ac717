"""“attune explain” says what stands in the way, to the operator or as a participant may see it, and draws the week."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from datetime import date
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from agent.cli import run
from agent.cli.explain import as_object
from agent.cli.explanation_text import best, lines
from agent.cli.week_text import week
from agent.core.explanation import Explanation
from agent.core.relax import Change, Relaxation
from agent.core.weekmap import Away, Beside, Cell, WeekMap
from agent.services.explain_search import explain_search, inquire
from tests import factories
from tests.services.stage import Stage

AT = "2027-03-01T12:00Z"
PEOPLE = """\
people:
  - id: mentor-1
    name: Example Mentor
    email: mentor-1@northwind.example
    time_zone: Europe/Lisbon
    language: pt
    availability: [{days: mon-fri, from: "09:00", to: "17:00"}]
    boundaries:
      - {label: early start, days: mon-fri, from: "09:00", to: "09:30", strength: soft}
      - {label: fertility clinic, days: mon-fri, from: "12:00", to: "13:30", strength: hard}
  - id: mentee-1
    name: Example Mentee
    email: mentee-1@northwind.example
    time_zone: Asia/Kolkata
    availability: [{days: mon-fri, from: "17:30", to: "18:30"}]
  - id: mentee-2
    name: Second Mentee
    email: mentee-2@northwind.example
    time_zone: America/New_York
    availability: [{days: mon-fri, from: "09:00", to: "17:00"}]
pairs:
  - {id: pair-1, mentor: mentor-1, mentee: mentee-1, starts: 2027-03-15}
  - {id: pair-2, mentor: mentor-1, mentee: mentee-2, starts: 2027-03-15}
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


def explain(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["explain", *arguments, "--home", str(home), "--at", AT]) == 0
    return capsys.readouterr().out


def as_json(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(explain(home, capsys, *arguments, "--json"))
    return found


def test_a_participant_is_told_of_themselves_by_name_and_of_others_as_one(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = explain(home, capsys, "pair-1", "--as", "mentor-1")
    assert "pair-1, as mentor-1 may see it" in said
    for name in ("your availability", "your 2nd boundary", "everybody else"):
        assert re.search(rf"^{name} +\d+ starts? +\d+ starts?$", said, re.MULTILINE)
    assert "Best single change: without your 2nd boundary: " in said
    assert "mentee" not in said
    assert "clinic" not in said


def test_the_operator_is_told_of_everybody_and_of_the_policy(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = explain(home, capsys, "pair-1")
    assert said.startswith("pair-1\n")
    assert "people's own hours and boundaries" in said
    assert "without mentor-1's 2nd boundary" in said
    assert "clinic" not in said
    other = explain(home, capsys, "pair-2")
    assert "Best single change: a window one day longer at either end: 24 starts more (6\n  hours)" in other
    assert "otherwise: meetings of 25 minutes: " in other
    assert "Everybody's time at home, journeys left out: mentor-1 Europe/Lisbon, mentee-2\n  America/New_York." in other
    assert "to Tue 23 Mar 2027 00:00 (UTC): 769\npossible starts, one every 15 minutes, " in other


def test_the_week_is_drawn_in_both_peoples_time_within_eighty_columns(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = explain(home, capsys, "pair-2", "--as", "mentor-1")
    rows = [line for line in said.splitlines() if re.match(r"\d\d:\d\d ", line)]
    assert [row[:17] for row in rows] == [f"{hour}:00       {hour - 4:02}:00" for hour in range(13, 17)]
    assert set(rows[2][24:]) == {"█", "·", " "}
    assert "Lisbon      New York    Mon Tue Wed Thu Fri Sat Sun" in said
    assert "Your time: Europe/Lisbon. Others at home: America/New_York." in said
    assert "Clocks change in Europe/Lisbon on Sun 28 Mar 2027 and in" in said
    assert "In the hours left out there is never such a time." in said
    assert "Key, of the days: · none  ░ up to a quarter  ▒ a half  ▓ three quarters  █ more" in said
    assert max(len(line) for line in said.splitlines()) <= 80


def test_the_days_are_those_of_the_viewers_own_clock(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = explain(home, capsys, "pair-2", "--as", "mentee-2")
    assert "Looked at from Sun 14 Mar 2027 20:00 to Mon 22 Mar 2027 20:00\n(America/New_York): " in said
    assert "UTC" not in said
    assert as_json(home, capsys, "pair-2", "--as", "mentee-2")["days"] == {"first": "2027-03-14", "last": "2027-03-22"}


def test_a_traveller_reads_their_own_clock_and_nobody_else_hears_of_the_journey(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Eleven in Lisbon is evening in Tokyo: read by the clock at home it would be missed, or refused."""
    travels(home)
    said = explain(home, capsys, "pair-2", "--as", "mentor-1")
    assert "to Tue 23 Mar 2027 09:00 (Europe/Lisbon,\nthen Asia/Tokyo)" in said
    assert "From Mon 22 Mar 2027 to Fri 26 Mar 2027 you are in Asia/Tokyo, and hours are\n  those of your clock" in said
    assert as_json(home, capsys, "pair-2", "--as", "mentor-1")["week"]["absences"] == [
        {"zone": "Asia/Tokyo", "first": "2027-03-22", "last": "2027-03-26"}
    ]
    for others in (("--as", "mentee-2"), ()):
        assert "Tokyo" not in explain(home, capsys, "pair-2", *others) + explain(
            home, capsys, "pair-2", *others, "--json"
        )


def travels(home: Path) -> None:
    text = (home / "people.yaml").read_text(encoding="utf-8")
    there = "{dates: 2027-03-22..2027-03-26, time_zone: Asia/Tokyo}"
    text = text.replace("    language: pt\n", f"    language: pt\n    travel: [{there}]\n")
    (home / "people.yaml").write_text(text, encoding="utf-8")


def test_where_no_hour_is_ever_open_there_is_no_empty_map(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = explain(home, capsys, "pair-1", "--as", "mentee-1")
    assert "There is no hour on any day in which everybody could start." in said
    assert "Key" not in said


def test_a_zone_without_room_is_said_to_have_none() -> None:
    beside = tuple(Beside(f"Etc/Zone_{n}", n) for n in range(5))
    cells = ((Cell(1, 1),) * 7,) * 24
    map_ = WeekMap("UTC", beside, date(2027, 3, 1), date(2027, 3, 7), tuple(range(7)), cells, ())
    said = list(week(map_, ()))
    assert "2 more zones find no room below." in said
    assert "1 more zone finds no room below." in list(week(replace(map_, beside=beside[:4]), ()))
    assert "UTC         Zone 0      Zone 1      Zone 2      Mon Tue Wed Thu Fri Sat Sun" in said
    assert len([line for line in said if re.match(r"\d\d:\d\d ", line)]) == 24
    assert "In the hours left out there is never such a time." not in said
    alone = list(week(replace(map_, beside=(), own=True, absences=(Away("Asia/Tokyo", map_.first, map_.last),)), ()))
    assert alone[1] == "Your time: UTC."
    assert alone[3] == "  those of your clock there."


def test_a_booked_meeting_is_said_first(tmp_path: Path) -> None:
    """Whoever is told what stands in the way, and not that they meet on Tuesday, believes that they do not."""
    stage = Stage(tmp_path, [factories.pair()])
    stage.sweep()
    programme = stage.programme()
    explained = explain_search(inquire(programme, programme.relationships["pair-1"]), "mentee-1")
    assert explained.booked == stage.booked()
    found = [*lines("pair-1", "mentee-1", explained)]
    assert found[1].startswith(f"A meeting is booked: {stage.booked().starts_at:%a %d %b %Y %H:%M} (UTC).")
    shown = as_object("pair-1", "mentee-1", explained)["booked"]
    assert shown["start"] == f"{stage.booked().starts_at:%Y-%m-%dT%H:%M:%SZ}"


def test_a_terminal_without_blocks_gets_signs_of_as_much_ink(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = BytesIO()
    monkeypatch.setattr("sys.stdout", TextIOWrapper(written, encoding="ascii"))
    assert run(["explain", "pair-2", "--home", str(home), "--at", AT]) == 0
    sys.stdout.flush()
    said = written.getvalue().decode("ascii")
    assert "15:00       11:00       ### ### ### ### ### ... ..." in said


def test_the_object_holds_the_same(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(home, capsys, "pair-1", "--as", "mentor-1")
    assert (found["relationship"], found["as"], found["open"], found["slots"]) == ("pair-1", "mentor-1", 0, 0)
    assert found["window"] == {"start": "2027-03-15T00:00:00Z", "end": "2027-03-23T00:15:00Z"}
    assert found["reasons"][0] == {
        "kind": "unavailable", "number": None, "minutes": 11355, "only": 1980, "days": 6,
    }  # fmt: skip
    assert found["relaxations"][0] | {"slots": 0, "minutes": 0} == {
        "change": "boundary", "person": "mentor-1", "number": 2, "value": None, "slots": 0, "minutes": 0, "days": 6,
    }  # fmt: skip
    assert (found["booked"], found["within"]) == (None, None)
    assert found["week"]["beside"] == [{"zone": "Asia/Kolkata", "ahead": 330}]
    assert found["week"]["clock_changes"] == [{"zone": "Europe/Lisbon", "day": "2027-03-28"}]
    assert [len(row) for row in found["week"]["hours"]] == [7] * 24


def test_from_and_weeks_bound_what_is_asked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(home, capsys, "pair-2", "--from", "2027-04-05", "--weeks", "1")
    assert found["window"] == {"start": "2027-04-05T00:00:00Z", "end": "2027-04-12T00:00:00Z"}
    assert (found["week"]["first"], found["week"]["last"]) == ("2027-04-05", "2027-04-12")
    assert "window" not in {each["change"] for each in found["relaxations"]}


def test_weeks_that_are_over_are_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Notice has nothing to do with it."""
    past = ["explain", "pair-2", "--from", "2027-02-01", "--weeks", "2", "--home", str(home), "--at", AT]
    assert run(past) == 2
    said = capsys.readouterr()
    assert said.err == "attune: those weeks were over on 2027-02-15; ask from 2027-03-01 on, or leave --from out\n"
    assert not said.out
    assert "possible starts" in explain(home, capsys, "pair-2", "--from", "2027-02-01", "--weeks", "6")


def test_beyond_the_horizon_it_says_when_that_is_booked(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    far = ("pair-2", "--from", "2027-08-01")
    said = explain(home, capsys, *far, "--as", "mentee-2")
    assert "Nothing is booked that far ahead yet: these days come within the horizon on Sat\n19 Jun 2027 20:00." in said
    assert re.search(r"^the horizon: it is too far ahead$", said, re.MULTILINE)
    assert "notice" not in said
    found = as_json(home, capsys, *far)
    assert (found["within"], found["window"], found["days"]) == ("2027-06-20T00:00:00Z", None, None)
    assert [reason["kind"] for reason in found["reasons"]] == ["horizon"]
    assert "possible starts" in explain(home, capsys, *far, "--weeks", "1")
    svg = str(tmp_path / "week.svg")
    assert run(["explain", *far, "--svg", svg, "--home", str(home), "--at", AT]) == 2
    assert "there is no week to draw: it lies beyond the horizon" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("minutes", "said"), [(15, "15 minutes"), (60, "1 hour"), (75, "1 hour 15 minutes"), (11535, "about 192 hours")]
)
def test_hours_are_said_as_people_say_them(minutes: int, said: str) -> None:
    none = Explanation(None, 0, 0, 0, (), (Relaxation(Change.LATER, 5, minutes, "mentor-1"),), None)
    assert best("mentor-1", none).endswith(f"5 starts more ({said})")


def test_where_notice_leaves_nothing_it_says_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (home / "policy.yaml").read_text(encoding="utf-8")
    (home / "policy.yaml").write_text(re.sub(r"(?m)^notice: .*$", "notice: 10 days", text), encoding="utf-8")
    said = explain(home, capsys, "pair-2", "--weeks", "1", "--as", "mentee-2")
    assert "No start is possible" in said
    assert "notice: too little time is left" in said
    assert run(["explain", "pair-2", "--weeks", "1", "--home", str(home), "--at", AT, "--svg", "week.svg"]) == 2
    assert "there is no week to draw" in capsys.readouterr().err


def test_the_picture_stands_by_itself_and_can_be_read_aloud(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "week.svg"
    explain(home, capsys, "pair-2", "--as", "mentor-1", "--svg", str(file))
    text = file.read_text(encoding="utf-8")
    root = ET.fromstring(text)
    svg = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    assert (root.findtext(f"{svg}title") or "").strip()
    assert (root.findtext(f"{svg}desc") or "").strip()
    cells = [each for each in root.findall(f"{svg}rect") if (each.get("class") or "").startswith("s")]
    assert len(cells) == 7 * 24 + 5, "and a key"
    assert "prefers-color-scheme:dark" in text
    assert not re.search(r"<script|href|url\(|https?://(?!www\.w3\.org/2000/svg)", text)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("pair-3",), "there is no pair or circle 'pair-3'; did you mean pair-2?"),
        (("pair-1", "--as", "mentee-2"), "there is no person in pair-1, 'mentee-2'; did you mean mentee-1?"),
    ],
)
def test_a_mistake_is_one_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    """Whoever is not in a relationship may know nothing of it."""
    assert run(["explain", *arguments, "--home", str(home), "--at", AT]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("where", ["nowhere/week.svg", "."])
def test_a_picture_that_cannot_be_written_is_a_mistake_of_the_command_line(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, where: str
) -> None:
    assert run(["explain", "pair-2", "--svg", str(tmp_path / where), "--home", str(home), "--at", AT]) == 2
    said = capsys.readouterr()
    assert f"{tmp_path / where} cannot be written (" in said.err
    assert "name a file in a folder that is there and yours" in said.err
