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
        {
            "id": "pair-1",
            "standing": "no time found",
            "number": 1,
            "due": "2027-03-15T00:00:00Z",
            "meeting": None,
            "refused": None,
        },
        {
            "id": "pair-2",
            "standing": "would be booked",
            "number": 1,
            "due": "2027-03-15T00:00:00Z",
            "meeting": {"start": "2027-03-15T13:30:00Z", "end": "2027-03-15T14:15:00Z"},
            "refused": None,
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


@pytest.mark.parametrize("together", [(), ("--cohort",)])
def test_what_the_check_refuses_is_named_and_the_others_are_planned(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, together: tuple[str, ...]
) -> None:
    """It is a fault of our own, and no reason to leave everybody else without a plan."""
    broken = Violation(Breach.BUSY, "pair-2", "mentee-2", 0)
    monkeypatch.setattr(
        plan_programme, "check", lambda plan, _people: [broken for each in plan if each.relationship.id == "pair-2"]
    )
    assert run(["plan", *together, "--home", str(home), "--at", AT]) == 70
    said = capsys.readouterr()
    assert "the check refuses what was found for pair-2 (busy)" in said.err
    assert "report it. All others stand." in said.err
    assert "pair-1" in said.out
    assert "refused" in said.out
    assert run(["plan", *together, "--json", "--home", str(home), "--at", AT]) == 70
    one, two = json.loads(capsys.readouterr().out)["relationships"]
    assert (one["refused"], two["refused"]) == (None, "busy")


@pytest.mark.parametrize("option", [("--seed", "0"), ("--budget", "5")])
def test_what_goes_with_the_whole_cohort_is_not_ignored_without_it(
    home: Path, capsys: pytest.CaptureFixture[str], option: tuple[str, str]
) -> None:
    assert run(["plan", *option, "--home", str(home), "--at", AT]) == 2
    assert "add --cohort, or leave them out" in capsys.readouterr().err
