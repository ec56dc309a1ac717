"""The benchmark runs, and all who are compared give the same answers; how fast they are is not a test's business."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench import slots
from tests.bench.plain import Answer
from tests.bench.report import AWARE, CORE, EVENTS, PORTION, TUNED, Wanted
from tests.bench.workload import programme


def test_a_quick_run_finds_that_all_answers_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A contender that answers another question would make every figure meaningless."""
    figures = tmp_path / "figures.json"
    assert slots.main(["--quick", "--no-cohorts", "--json", str(figures)]) == 0
    written = json.loads(figures.read_text())
    assert {row["contender"] for row in written["rows"] if row["task"] == "cold pair"} == {
        CORE, AWARE, TUNED, PORTION, EVENTS,
    }  # fmt: skip
    assert {"python", "tzdata", "seed"} <= written["header"].keys()
    assert "recurring-ical-events" in capsys.readouterr().out


def test_a_wrong_answer_ends_the_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody gets to see times of answers that differ."""
    monkeypatch.setattr(slots, "with_portion", lambda _: Answer((), ()))
    assert slots.main(["--quick", "--no-cohorts"]) == 1
    out, err = capsys.readouterr()
    assert not out
    assert "disagree" in err
    assert PORTION in err


def test_the_work_is_the_same_every_time() -> None:
    """Figures of two runs can be compared: a seed makes the same people and calendars again."""
    first, again, other = (list(programme(6, seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert [len({work.relationship.mentor.id for work in family}) for family in first] == [1] * len(first)


def test_a_ratio_is_kept_or_not() -> None:
    """Where less is better a smaller ratio keeps the promise."""
    assert Wanted("faster", 12, 12.0).kept
    assert not Wanted("faster", 12, 11.9).kept
    assert Wanted("times", 5, 4.0, at_most=True).kept
    assert not Wanted("times", 5, 5.1, at_most=True).kept
