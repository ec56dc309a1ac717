"""The loop, held to its promises through weeks in which everything goes wrong, and the tools around such a run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agent.cli import run
from agent.simulation.years.fate import HEAVY, draw_history
from agent.simulation.years.figures import as_object, count
from agent.simulation.years.history import Act, Fault, History, Kill, dump, load
from agent.simulation.years.judging.evidence import Finding
from agent.simulation.years.sheet import sheet
from agent.simulation.years.shrink import Shrinker, neighbours
from agent.simulation.years.trial import Trial, attempt
from agent.store.engine import open_store
from tests.simulation.years.scenes import DAY, HOUR, PEOPLE, START, broken, played, scene


@pytest.fixture(scope="module")
def heavy() -> Trial:
    return attempt(draw_history(7, 40, 5, HEAVY, {}))


def test_two_hundred_weeks_of_trouble_break_no_promise(heavy: Trial) -> None:
    """Kills, lost answers, outages, revoked access and busy people: nothing twice, nothing lost, no hour crossed."""
    assert [f"{each.invariant}: {each.relationship} {each.what}" for each in heavy.findings] == []


def test_in_those_weeks_a_lot_went_wrong(heavy: Trial) -> None:
    """A run in which nothing happens would prove nothing."""
    counts = count(heavy).counts
    assert counts["meetings held"] > 60
    assert counts["meetings moved"] > 20
    assert counts["process killed"] > 10
    assert counts["mails sent once more, their answer lost"] > 5
    assert {"write lost-after", "mail lost-after", "read garbled", "any outage", "read revoked"} <= set(
        count(heavy).faults
    )


@pytest.mark.parametrize("step", range(1, 60, 4))
def test_a_death_at_any_step_of_the_first_hours_changes_nothing_outside(step: int) -> None:
    trial = played(weeks=2, kills=(Kill(START, step), Kill(START + 8 * HOUR, step)))
    assert broken(trial) == set()


def test_who_moves_a_meeting_before_we_know_that_it_was_written_is_heard() -> None:
    """Seed 11 found it: the answer to our write was lost, its owner moved the event, and looking it up undid that."""
    lost = Fault(START, "mentee-1", "write", "lost-after")
    moved = played(weeks=2, acts=(Act(START + 15, "mentee-1", "move", 60),), faults=(lost,))
    declined = played(weeks=2, acts=(Act(START + 15, "mentee-1", "decline"),), faults=(lost,))
    assert broken(moved) == broken(declined) == set()
    assert [line.detail["why"] for line in moved.evidence.journal if line.event == "moved"] == ["edited"]
    assert [line.detail["why"] for line in declined.evidence.journal if line.event == "moved"] == ["declined"]


def test_who_declines_while_their_calendar_cannot_be_read_is_heard_once_it_can() -> None:
    """Seed 7 found it: the change token was kept, the reading failed, and the token never changed again."""
    down = Fault(START + 10 * HOUR, "mentor-1", "read", "down")
    found = played(weeks=2, acts=(Act(START + 10 * HOUR, "mentor-1", "decline"),), faults=(down,))
    moved = [line for line in found.evidence.journal if line.event == "moved"]
    assert [line.detail["why"] for line in moved] == ["declined"]
    assert moved[0].at <= START + 36 * HOUR


def test_a_replay_is_the_same_byte_for_byte_whatever_python_hashes_to(tmp_path: Path) -> None:
    """Somebody else's machine shows the same history in the same order."""
    history = scene(weeks=3, acts=(Act(START + 9 * HOUR, "mentor-1", "move", DAY),), kills=(Kill(START, 9),))
    (tmp_path / "history.json").write_text(dump(history), encoding="utf-8")
    told = {_fingerprint(tmp_path / "history.json", hashing) for hashing in ("1", "2")}
    assert told == {attempt(load(dump(history))).fingerprint}


def _fingerprint(file: Path, hashing: str) -> str:
    command = [sys.executable, "-m", "agent", "simulate", "--replay", str(file), "--json"]
    environment = {**os.environ, "PYTHONHASHSEED": hashing}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return str(json.loads(done.stdout)["fingerprint"])


def test_a_failing_history_is_made_as_short_as_it_can_be() -> None:
    """Of a crowd of acts, faults and kills only the one is left that matters."""
    history = draw_history(7, 8, 6, HEAVY, {})
    culprit = next(act for act in history.acts if act.kind == "decline")
    trial = _judged(history, culprit)
    shortest = Shrinker("planted", 200, run=lambda each: _judged(each, culprit)).shrink(trial)
    assert shortest.history.acts == (culprit,)
    assert (shortest.history.faults, shortest.history.kills) == ((), ())
    assert len(shortest.history.relationships) == 1
    assert shortest.findings


def _judged(history: History, culprit: Act) -> Trial:
    """Stand in for a run that fails as long as one act is in it."""
    name = next(each for each, people in history.relationships.items() if culprit.person in people)
    findings = (Finding("planted", name, 0, ""),) if culprit in history.acts else ()
    return Trial(history, played_nothing().evidence, findings, {})


def played_nothing() -> Trial:
    from agent.simulation.years.year import evidence_of

    return Trial(scene(), evidence_of(scene()), (), {})


def test_shortening_keeps_to_its_budget() -> None:
    history, runs = scene(acts=tuple(Act(START + n, "mentor-1", "accept") for n in range(40))), []

    def run(each: History) -> Trial:
        runs.append(each)
        return Trial(each, played_nothing().evidence, (Finding("planted", "pair-1", 0, ""),), {})

    Shrinker("planted", 5, run=run).shrink(run(history))
    assert len(runs) <= 6


def test_neighbours_are_all_who_share_people() -> None:
    history = draw_history(7, 40, 2, HEAVY, {})
    shared = next(n for n, people in history.relationships.items() if _mentored(history, people[0]) > 1)
    together = neighbours(history, shared)
    assert len(together) > 1
    theirs = {person for name in together for person in history.relationships[name]}
    others = {p for n, people in history.relationships.items() if n not in together for p in people}
    assert not theirs & others


def _mentored(history: History, mentor: str) -> int:
    return sum(1 for people in history.relationships.values() if people[0] == mentor)


def test_the_page_is_complete_in_itself(heavy: Trial) -> None:
    page = sheet(heavy)
    assert not re.search(r"(?:src|href)=|https?://|url\(", page)
    assert page.count("<svg") == page.count("</svg>") == 3
    assert "prefers-color-scheme: dark" in page
    assert "Every promise was kept." in page


def test_the_figures_say_the_same_as_json(heavy: Trial) -> None:
    shown = json.loads(json.dumps(as_object(heavy)))
    assert shown["counts"] == count(heavy).counts
    assert sum(week["held"] for week in shown["weekly"]) == shown["counts"]["meetings held"]


def test_another_policy_gives_another_programme() -> None:
    monthly = played(weeks=6, policy={"cadence": {"every": "4 weeks"}})
    weekly = played(weeks=6, policy={"cadence": {"every": "1 week", "window": "2 days"}})
    assert count(weekly).counts["meetings held"] > count(monthly).counts["meetings held"]


def test_a_broken_promise_is_told_and_its_history_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1, the promise, and a file to replay."""
    from agent.services import send_mail

    monkeypatch.setattr(send_mail, "ATTEMPTS_LOST", 99)
    faults = tuple(Fault(START, "mentee-1", "mail", "lost-after") for _ in range(3))
    (tmp_path / "history.json").write_text(dump(scene(weeks=2, faults=faults)), encoding="utf-8")
    target = str(tmp_path / "out")
    assert run(["simulate", "--replay", str(tmp_path / "history.json"), "--out", target, "--tries", "3"]) == 1
    assert "mail twice" in capsys.readouterr().err
    assert load((tmp_path / "out" / "failing-1.json").read_text(encoding="utf-8")).people == PEOPLE
    assert "promises were not kept" in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")


def test_a_policy_with_a_mistake_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "new.yaml").write_text("cadence: {xevery: 1 week}\n", encoding="utf-8")
    assert run(["simulate", "--pairs", "1", "--weeks", "2", "--policy", str(tmp_path / "new.yaml")]) == 2
    assert "xevery" in capsys.readouterr().err


def test_a_store_in_use_is_refused_and_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Made-up people in a real programme: its real meetings would be called off."""
    store = open_store(url := f"sqlite:///{tmp_path / 'attune.db'}")
    store.upgrade()
    before = (tmp_path / "attune.db").read_bytes()
    assert run(["simulate", "--pairs", "1", "--weeks", "2", "--store", url]) == 2
    assert "empty database" in capsys.readouterr().err
    assert (tmp_path / "attune.db").read_bytes() == before
    store.close()


def test_another_policy_file_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "new.yaml").write_text("cadence: {every: 1 week, window: 2 days}\n", encoding="utf-8")
    told = ["simulate", "--pairs", "2", "--weeks", "3", "--faults", "none", "--json"]
    assert run([*told, "--policy", str(tmp_path / "new.yaml")]) == 0
    often = json.loads(capsys.readouterr().out)
    assert run(told) == 0
    assert often["counts"]["meetings booked"] > json.loads(capsys.readouterr().out)["counts"]["meetings booked"]


def test_a_file_that_is_no_history_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    assert run(["simulate", "--replay", str(tmp_path / "x.json")]) == 2
    assert "x.json" in capsys.readouterr().err
