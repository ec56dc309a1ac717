"""``kill -9`` at random moments of the demo's programme, then a clean run: nothing twice, nothing lost.

``ATTUNE_TEST_KILLS`` says how many; CI asks for a hundred.
"""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from agent.simulation.drive import drive
from agent.simulation.judge import judge
from agent.simulation.world import World
from agent.wiring import build
from tests.acceptance.deployment import ATTUNE, environment

START = datetime(2027, 2, 1, tzinfo=UTC)
KILLS = int(os.environ.get("ATTUNE_TEST_KILLS", "20"))
SEED = int(os.environ.get("ATTUNE_TEST_SEED", "20270201"))
AT_ONE_MOMENT = 3
"""So often one sweep is killed before it is let alone."""
BETWEEN = 2 * 15 * 7 * 24 * AT_ONE_MOMENT / max(KILLS, 15)
"""Hours, at the most, from one of these moments to the next: the kills are spread over fifteen weeks or more."""


def sweep(world: World, moment: datetime) -> subprocess.Popen[bytes]:
    command = [str(ATTUNE), "run", "--once", "--at", moment.isoformat(), "--home", str(world.home)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())


def killed(world: World, moment: datetime, delay: float) -> bool:
    """Start a sweep and kill it after so many seconds; whether it was still at work then."""
    process = sweep(world, moment)
    try:
        process.wait(delay)
    except subprocess.TimeoutExpired:
        process.kill()
    return process.wait() < 0


def clean(world: World, until: datetime) -> datetime:
    """Let the programme run undisturbed for a while; give the next moment at which something is due."""
    with build(world.home, world.clock) as app, app.exclusive():
        drive(world, app, until, lambda _: None)
        moments = [each for each in (app.next_wake(), world.next_act()) if each is not None]
    return max(min(moments), until)


def once_each(mails: Path) -> tuple[int, int]:
    """Keep one copy of every mail that came again under the same id; give the most copies, and how many went."""
    copies: defaultdict[str, list[Path]] = defaultdict(list)
    for path in sorted(mails.glob("*.eml")):
        copies[str(message_from_bytes(path.read_bytes())["Message-ID"])].append(path)
    extra = [path for found in copies.values() for path in found[1:]]
    for path in extra:
        path.unlink()
        path.with_suffix(".json").unlink()
    return max(map(len, copies.values())), len(extra)


@pytest.mark.timeout(1500)
def test_killed_at_random_moments_nothing_is_done_twice_and_nothing_lost(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    world = World.create(tmp_path / "world", START)
    with world.running():
        began = time.monotonic()
        world.step(START)
        assert sweep(world, START).wait(120) == 0
        took, kills = time.monotonic() - began, 0
        moment = clean(world, START + timedelta(hours=1))
        while kills < KILLS:
            world.step(moment)
            for _ in range(AT_ONE_MOMENT):
                kills += killed(world, moment, chance.uniform(0, took))
            moment = clean(world, moment + timedelta(hours=chance.uniform(1, BETWEEN)))
        until = moment + timedelta(days=10)
        clean(world, until)
        most, again = once_each(world.mails)
        verdict = judge(world, until, [])
    print(f"{kills} kills up to {moment:%Y-%m-%d}; {again} mails came again under their own id")
    assert verdict["findings"] == []
    assert verdict["figures"]["meetings held"] > 4
    assert most <= 2
