"""“attune explain” says what stands in the way, to the operator or as a participant may see it, and draws the week."""

from __future__ import annotations

import json
import re
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from agent.cli import run

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
    assert re.search(r"^your availability +\d+ +\d+$", said, re.MULTILINE)
    assert re.search(r"^your 2nd boundary +\d+ +\d+$", said, re.MULTILINE)
    assert re.search(r"^everybody else +\d+ +\d+$", said, re.MULTILINE)
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
    assert "Best single change: a window one day longer at either end: 360 minutes more" in other
    assert "otherwise: meetings of 25 minutes: " in other


def test_the_week_is_drawn_in_both_peoples_time_within_eighty_columns(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = explain(home, capsys, "pair-2", "--as", "mentor-1")
    rows = [line for line in said.splitlines() if re.match(r"\d\d:\d\d ", line)]
    assert len(rows) == 24
    assert rows[14].startswith("14:00  10:00  ")
    assert set(rows[15][14:]) == {"█", "·", " "}
    assert "Clocks in Europe/Lisbon change on 2027-03-28" in said
    assert max(len(line) for line in said.splitlines()) <= 80


def test_a_terminal_without_blocks_gets_signs_of_as_much_ink(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = BytesIO()
    monkeypatch.setattr("sys.stdout", TextIOWrapper(written, encoding="ascii"))
    assert run(["explain", "pair-2", "--home", str(home), "--at", AT]) == 0
    sys.stdout.flush()
    said = written.getvalue().decode("ascii")
    assert "15:00  11:00  ### ### ### ### ### ... ..." in said


def test_the_object_holds_the_same(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(home, capsys, "pair-1", "--as", "mentor-1")
    assert (found["relationship"], found["as"], found["open"], found["slots"]) == ("pair-1", "mentor-1", 0, 0)
    assert found["window"] == {"start": "2027-03-15T00:00:00Z", "end": "2027-03-23T00:15:00Z"}
    assert found["reasons"][0] == {"kind": "unavailable", "number": None, "minutes": 11355, "only": 1980}
    assert found["relaxations"][0] | {"slots": 0, "minutes": 0} == {
        "change": "boundary", "person": "mentor-1", "number": 2, "value": None, "slots": 0, "minutes": 0,
    }  # fmt: skip
    assert found["week"]["beside"] == [{"zone": "Asia/Kolkata", "ahead": 330}]
    assert found["week"]["clock_changes"] == [{"zone": "Europe/Lisbon", "day": "2027-03-28"}]
    assert [len(row) for row in found["week"]["hours"]] == [7] * 24


def test_from_and_weeks_bound_what_is_asked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(home, capsys, "pair-2", "--from", "2027-04-05", "--weeks", "1")
    assert found["window"] == {"start": "2027-04-05T00:00:00Z", "end": "2027-04-12T00:00:00Z"}
    assert (found["week"]["first"], found["week"]["last"]) == ("2027-04-05", "2027-04-12")
    assert "window" not in {each["change"] for each in found["relaxations"]}


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
    assert len(root.findall(f"{svg}rect")) == 7 * 24
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
