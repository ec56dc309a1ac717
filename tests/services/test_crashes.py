"""The process is killed at every single step, and the next one ends where an undisturbed one does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.observation import Answer
from agent.services.sweep import sweep
from agent.services.take_over import take_over
from tests import factories
from tests.services.stage import NOON, Died, Killer, Stage, killed_at

BOTH = ("mentor-1", "mentee-1")
ALL_STEPS = 10**9


def opened(home: Path) -> Stage:
    home.mkdir()
    policy = factories.policy(notice=timedelta(hours=24))
    return Stage(home, [factories.pair(policy=policy, starts=NOON + timedelta(days=10))])


def booked(stage: Stage) -> None:
    """Nothing has happened yet; the sweep to come books."""


def declined(stage: Stage) -> None:
    stage.sweep()
    stage.calendars["mentee-1"].answer(stage.uid(), Answer.DECLINED)


def deleted(stage: Stage) -> None:
    stage.sweep()
    stage.calendars["mentor-1"].delete(stage.uid())


def over(stage: Stage) -> None:
    stage.sweep()
    end = stage.booked().ends_at
    stage.until(end)
    stage.clock.instant = end + timedelta(hours=3)


STORIES: dict[str, Callable[[Stage], None]] = {
    "booked": booked, "declined": declined, "deleted": deleted, "over": over,
}  # fmt: skip


def run_killed(stage: Stage, step: int) -> Killer:
    """Sweep in a process that dies at this step, then in another that takes over as ``attune run`` does."""
    with killed_at(stage, step) as killer, suppress(Died):
        sweep(stage.programme(killer.store(stage.store)))
    take_over(stage.programme())
    stage.sweep()
    stage.until(stage.clock.instant + timedelta(minutes=15))
    return killer


def outcome(stage: Stage) -> tuple[object, ...]:
    """What people see in the end: events, and which mails reached whom, however often under one id."""
    mails = {(str(mail["To"]), str(mail["Subject"]), str(mail["Message-ID"])) for mail in stage.sender.sent}
    state = replace(stage.state(), due=None)
    return stage.events("mentor-1"), stage.events("mentee-1"), mails, state


@pytest.mark.parametrize("story", STORIES)
def test_killed_at_any_step_it_ends_where_an_undisturbed_one_does(tmp_path: Path, story: str) -> None:
    calm = opened(tmp_path / "calm")
    STORIES[story](calm)
    steps = run_killed(calm, ALL_STEPS).steps
    assert steps > 10
    for step in range(1, steps + 1):
        stage = opened(tmp_path / str(step))
        STORIES[story](stage)
        killer = run_killed(stage, step)
        assert killer.steps == step
        assert outcome(stage) == outcome(calm), f"killed at step {step} of {steps}"
        again = Counter(str(mail["Message-ID"]) for mail in stage.sender.sent)
        assert max(again.values()) <= 2
        assert sum(again.values()) - len(again) <= 1
        stage.store.close()
