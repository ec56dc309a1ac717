"""A campaign of simulated programmes goes on where it stopped, and says what was broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.simulation.campaign import Result, Task, chosen_tasks, main, run, taken_up

SMALL = ("--shapes", "2x2,1x3", "--jobs", "1", "--faults", "none")


def lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def test_a_campaign_that_was_interrupted_goes_on_where_it_stopped(tmp_path: Path) -> None:
    file = tmp_path / "results"
    assert main(["--weeks", "4", "--seed-from", "2", "--json", str(file), *SMALL]) == 0
    (first,) = lines(file)
    file.write_text(f'{first}\n{{"seed": 3, "pai', encoding="utf-8")
    assert main(["--weeks", "7", "--seed-from", "2", "--json", str(file), *SMALL]) == 0
    assert lines(file)[0] == first
    assert [(each.seed, each.relationship_weeks) for each in taken_up(file)] == [(2, 4), (3, 3)]


def test_a_broken_promise_is_told_with_the_way_to_see_it_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "results"
    told = {"relationship_weeks": 4, "violations": 1, "kills": 0, "cpu_seconds": 1.0, "fingerprint": "f"}
    bad = {"seed": 2, "pairs": 2, "weeks": 2, "faults": "none", **told, "findings": ["mail twice: pair-1"]}
    file.write_text(f"{json.dumps(bad)}\n", encoding="utf-8")
    assert main(["--weeks", "4", "--seed-from", "2", "--json", str(file), *SMALL]) == 1
    shown = capsys.readouterr().out
    assert "attune simulate --pairs 2 --weeks 2 --faults none --seed 2" in shown
    assert "mail twice: pair-1" in shown


def test_seeds_are_taken_until_there_are_weeks_enough_and_keep_their_shapes() -> None:
    assert [(t.seed, t.pairs, t.weeks) for t in chosen_tasks(3, "2x2,1x3", "heavy", 8)] == [
        (3, 1, 3),
        (4, 2, 2),
        (5, 1, 3),
    ]


def test_the_same_task_gives_the_same_history() -> None:
    results = [run(Task(5, 2, 2, "heavy")) for _ in range(2)]
    assert results[0].fingerprint == results[1].fingerprint
    assert isinstance(results[0], Result)
