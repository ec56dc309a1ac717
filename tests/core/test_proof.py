"""The proof in small: some hundred random weeks, told apart from those of the long run by their seed."""

from __future__ import annotations

import sys

import pytest

from tests import proof
from tests.verdict import differences
from tests.weeks import Week


def test_the_search_agrees_with_the_oracle_over_some_hundred_weeks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["proof", "--weeks", "300", "--seed", "3"])
    assert proof.main() == 0
    assert " person-weeks, 0 differences, " in capsys.readouterr().out


def test_a_week_is_made_again_from_its_seed_and_number() -> None:
    """A difference that was found in a run of hours can be looked at by itself."""
    assert Week(1, 77).world() == Week(1, 77).world()
    assert Week(1, 77).world() != Week(1, 78).world()


def test_a_difference_is_told_and_fails_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["proof", "--weeks", "2"])
    monkeypatch.setattr(proof, "differences", lambda _: ["7 costs too much"])
    assert proof.main() == 1
    assert "--seed 1 --only 0: 7 costs too much (1 in all)" in capsys.readouterr().out


def test_the_verdict_names_each_kind_of_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comparison that never speaks proves nothing."""
    world = Week(1, 5).world()
    assert differences(world) == []
    monkeypatch.setattr("tests.verdict.Oracle.starts", lambda *_: [world.window.start])
    monkeypatch.setattr("tests.verdict.Oracle.burden", lambda *_: -1.0)
    told = " ".join(differences(world))
    assert "was not found" in told
    assert "is not possible" in told
    assert "burdens somebody" in told
