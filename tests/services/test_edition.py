"""Two machines with different files on one store: the newer ones count, and nobody undoes anything again and again."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from agent.services.diagnose import diagnose_roster
from agent.services.edition import Edition, OlderFiles
from agent.services.programme import Programme
from agent.services.sweep import sweep
from agent.services.take_in import ROSTER
from agent.store import marks
from tests.services.stage import NOON, Stage

HOUR = timedelta(hours=1)


class Machine:
    """One of several on the stage's store, with files of its own."""

    def __init__(self, stage: Stage, name: str, terms: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.stage, self.name, self._patch = stage, name, monkeypatch
        self.home = stage.home / name
        self.home.mkdir()
        (self.home / "people.yaml").write_text("", encoding="utf-8")
        self.changes(terms, HOUR)

    def changes(self, terms: str, after: timedelta) -> None:
        """Have its files say something else since so long after noon."""
        self.terms = terms
        moment = (NOON + after).timestamp()
        os.utime(self.home / "people.yaml", (moment, moment))

    def programme(self) -> Programme:
        self._patch.setattr("socket.gethostname", lambda: self.name)
        programme = self.stage.programme()
        terms: dict[str, Any] = dict.fromkeys(programme.relationships, self.terms)
        return replace(programme, deployment=replace(programme.deployment, home=self.home, terms=terms))

    def sweep(self) -> None:
        sweep(self.programme())


@pytest.fixture
def one(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(stage, "one", "terms", monkeypatch)


@pytest.fixture
def other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(stage, "other", "terms", monkeypatch)


def roster(stage: Stage) -> str | None:
    with stage.store.look() as tx:
        return marks.get(tx, ROSTER)


def test_machines_with_the_same_files_do_not_notice_each_other(one: Machine, other: Machine) -> None:
    other.changes("terms", -HOUR)
    for machine in (one, other, one, other):
        machine.sweep()


def test_older_files_are_not_taken_in_until_they_change(stage: Stage, one: Machine, other: Machine) -> None:
    one.sweep()
    other.changes("new terms", 2 * HOUR)
    other.sweep()
    newest = roster(stage)
    for _ in range(2):
        with pytest.raises(OlderFiles, match=r"other files than other, whose were changed later .*touch"):
            one.sweep()
        other.sweep()
    assert roster(stage) == newest
    one.changes("newer terms", 3 * HOUR)
    one.sweep()
    assert roster(stage) != newest


def test_the_same_machine_may_go_back_to_older_files(stage: Stage, one: Machine) -> None:
    """Whoever puts yesterday's people.yaml back wants it, whatever its time says."""
    one.sweep()
    before = roster(stage)
    one.changes("new terms", 2 * HOUR)
    one.sweep()
    one.changes("terms", HOUR)
    one.sweep()
    assert roster(stage) == before


def test_newer_rules_of_time_zones_count_where_the_files_are_as_old(one: Machine, other: Machine) -> None:
    mine = Edition.of(one.home)
    newer = replace(mine, rules="9999z", host="other")
    assert mine.gives_way_to(newer)
    assert not newer.gives_way_to(mine)
    assert not mine.gives_way_to(replace(mine, host="other"))


def test_doctor_says_whose_files_are_in_force(one: Machine, other: Machine) -> None:
    assert "not taken in yet" in diagnose_roster(one.programme()).says
    one.sweep()
    assert diagnose_roster(one.programme()).says == "in force"
    other.changes("new terms", 2 * HOUR)
    assert diagnose_roster(other.programme()).well
    other.sweep()
    found = diagnose_roster(one.programme())
    assert not found.well
    assert "other files than other" in found.says
    assert "touch people.yaml" in found.advice
