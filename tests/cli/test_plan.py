"""“attune plan” shows what would be booked, one by one or together, and books nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.cli import run
from agent.core.check import Breach, Violation
from agent.services import plan_programme
from tests.cli.test_explain import AT, home

__all__ = ["home"]


def plan(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["plan", *arguments, "--home", str(home), "--at", AT]) == 0
    return capsys.readouterr().out


def as_json(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(plan(home, capsys, *arguments, "--json"))
    return found


def test_one_by_one(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(home, capsys)
    assert found["relationships"] == [
        {"id": "pair-1", "standing": "no time found", "number": 1, "due": "2027-03-15T00:00:00Z", "meeting": None},
        {
            "id": "pair-2",
            "standing": "would be booked",
            "number": 1,
            "due": "2027-03-15T00:00:00Z",
            "meeting": {"start": "2027-03-15T13:30:00Z", "end": "2027-03-15T14:15:00Z"},
        },
    ]
    said = plan(home, capsys)
    assert "no time found" in said
    assert "2027-03-15 13:30" in said


def test_together(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(home, capsys, "--cohort", "--seed", "2", "--budget", "10")
    assert (found["until"], found["seed"], found["budget"]) == ("2027-04-12T12:00:00Z", 2, 10)
    assert [each["id"] for each in found["relationships"]] == ["pair-1", "pair-2"]
    numbers = [[each["number"] for each in row["meetings"]] for row in found["relationships"]]
    assert numbers == [[1, 2], [1, 2]]
    assert found["unplaced"] == 2
    assert found["lower_bound"] <= found["cost"]
    assert as_json(home, capsys, "--cohort", "--seed", "2", "--budget", "10") == found


def test_together_says_what_is_not_placed_and_how_good_it_is(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = plan(home, capsys, "--cohort", "--weeks", "4")
    assert "1 of 2 meetings placed" in said
    assert "Not placed: pair-1, number 1; `attune explain pair-1` says why." in said
    assert "No plan costs less." in said


def test_not_every_meeting_without_a_place_is_named(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.cli.plan.NAMED", 1)
    said = plan(home, capsys, "--cohort")
    assert said.count("Not placed: ") == 1
    assert "And 1 more; the table has them all." in said


def test_without_the_optimizer_it_says_how_to_get_it(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_programme, "find_spec", lambda _name: None)
    assert "pip install 'attune-agent[optimizer]'" in plan(home, capsys, "--cohort")
    assert as_json(home, capsys, "--cohort")["optimizer"] is False


def test_a_plan_that_breaks_a_rule_is_a_fault_of_our_own(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [Violation(Breach.BUSY, "pair-2", "mentee-2", 0)]
    monkeypatch.setattr(plan_programme, "check", lambda _plan, _people: broken)
    assert run(["plan", "--home", str(home), "--at", AT]) == 70
    said = capsys.readouterr()
    assert "unexpected PlanBroken" in said.err
    assert not said.out
