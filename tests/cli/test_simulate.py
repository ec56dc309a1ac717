"""“attune simulate” says what is wrong with what it was given before it runs, and in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.cli import run
from agent.simulation.years import trial
from agent.simulation.years.history import dump
from tests.simulation.years.scenes import DAY, START, scene

PLAIN = dump(scene(weeks=2))


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is refused is refused before an hour of simulated weeks is spent."""
    monkeypatch.delattr(trial, "Year")


def replay(folder: Path, text: str | bytes, *arguments: str) -> int:
    file = folder / "history.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return run(["simulate", "--replay", str(file), *arguments])


def with_(**changes: Any) -> str:
    return json.dumps(json.loads(PLAIN) | changes)


def edited(edit: Callable[[dict[str, Any]], object]) -> str:
    found = json.loads(PLAIN)
    edit(found)
    return json.dumps(found)


def act(**changes: Any) -> str:
    return with_(acts=[{"at": START + 60, "person": "mentor-1", "kind": "ill", "amount": 60} | changes])


def kill(**changes: int) -> str:
    return with_(kills=[{"at": START + 60, "step": 1, "down": 0} | changes])


def fault(**changes: Any) -> str:
    return with_(faults=[{"at": START, "person": "mentor-1", "on": "read", "kind": "down", "amount": 1} | changes])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (PLAIN[: len(PLAIN) // 2], "this is not a whole history that the simulator has written: line"),
        ("", "line 1 is not JSON"),
        ("[" * 200_000, "it is not JSON"),
        (bytes(range(128, 256)), "it is not text"),
        ('{"relationship": "pair-1", "candidates": []}', "this is not a history that the simulator has written"),
        (with_(more=1), "this is not a history that the simulator has written"),
        (with_(form=2), "this is a history in the form 2, and this program knows 1"),
        (with_(weeks="two"), "that the simulator has written, at weeks"),
        (act(at=1.5), "that the simulator has written, at acts[0].at"),
        (with_(weeks=0), "weeks: 0 is not between 1 and 104"),
        (with_(start=5), "start: 5 is not a minute"),
        (with_(pairs=[]), "it has neither pairs nor circles"),
        (
            edited(lambda d: d["people"][0].update(time_zone="Mars/Base")),
            "people[0].time_zone: “Mars/Base” is not a time",
        ),
        (edited(lambda d: d["pairs"][0].update(mentee="nobody")), "pairs[0].mentee: there is no person “nobody”"),
        (with_(policy={"fairness": 1.5}), "fairness: “1.5” is 1 or more"),
        (with_(policy={"cadence": {"every": "1 week", "window": "6 days"}}), "a window of 6 days either way"),
        (act(person="nobody"), "acts: there is no person “nobody” among its people"),
        (act(kind="dance"), "acts[0]: nobody can do “dance”; people can accept, appointment,"),
        (act(amount=0), "acts[0]: amount: 0 is not between 1 and"),
        (act(kind="stretch", amount=-500), "acts[0]: amount: -500 is not between 0 and"),
        (act(at=START - 1), f"acts: {START - 1} is none of its minutes, {START} to"),
        (fault(at=START + 15 * DAY), "faults: "),
        (fault(amount=-1), "faults[0].amount: -1 is not between 0 and"),
        (kill(step=0), "kills[0]: write a step of 1 or more"),
        (kill(down=-5), "kills[0]: write a step of 1 or more, and not less than nothing"),
        (with_(habits={"mentor-1": [[1, 24 * 60, 60]]}), "habits.mentor-1[0]: write weekday"),
        (with_(lag={"mentor-1": -1}), "lag.mentor-1: -1 is not between 0 and"),
    ],
)
def test_what_cannot_be_replayed_is_refused_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | bytes, why: str
) -> None:
    assert replay(tmp_path, text) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"attune: {tmp_path / 'history.json'} cannot be replayed: ")
    assert why in said
    assert "Value error" not in said
    assert "pydantic" not in said


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["simulate", "--replay", str(tmp_path / "none.json")]) == 2
    assert "none.json cannot be replayed: it cannot be read (No such file or directory)" in capsys.readouterr().err
    assert run(["simulate", "--replay", str(tmp_path)]) == 2
    assert "it cannot be read (Is a directory)" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--pairs", "--weeks", "--seed"])
def test_a_replay_takes_nothing_that_it_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str) -> None:
    """Who adds --pairs 3 believes that three pairs ran."""
    assert replay(tmp_path, PLAIN, option, "3", "--faults", "heavy") == 2
    assert f"leave {option} and --faults out" in capsys.readouterr().err


def test_a_replay_takes_no_other_policy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay(tmp_path, PLAIN, "--policy", "new.yaml") == 2
    assert "with its own people and policy; leave --policy out" in capsys.readouterr().err


def test_a_place_for_the_page_that_is_none_is_refused_before_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An hour of simulated weeks would be lost."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    for place in (tmp_path / "file", tmp_path / "file" / "deeper"):
        assert run(["simulate", "--pairs", "2", "--weeks", "2", "--out", str(place)]) == 2
        assert f"nothing can be written into {place} (" in capsys.readouterr().err
