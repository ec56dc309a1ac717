"""“attune plan” over the demo's people, calendars and servers, with a policy that suits nobody: nothing moves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from agent.cli import run
from agent.simulation.world import World
from agent.store import schema
from agent.store.engine import open_store

START = datetime(2027, 2, 1, 9, tzinfo=UTC)
DAYS = 3
QUOTAS = "quotas"
"""How many calls servers still allow: a call that was made is counted, whoever made it."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The demo's world after its first days, with meetings booked and mails sent."""
    with World.create(tmp_path / "world", START).running() as world:
        for day in range(DAYS):
            world.step(START + timedelta(days=day))
            assert run(["run", "--once", *_at(world)]) == 0
        yield world


def _at(world: World) -> list[str]:
    return ["--home", str(world.home), "--at", world.clock.instant.isoformat()]


def everything(world: World) -> dict[str, str]:
    """A digest of every calendar and mail on the servers' disks, and of every row."""
    files = [path for folder in (world.folder / "calendars", world.mails) for path in folder.rglob("*.*")]
    found = {str(path): sha256(path.read_bytes()).hexdigest() for path in files if path.is_file()}
    store = open_store(f"sqlite:///{world.home / 'attune.db'}")
    with store.look() as tx:
        for table in schema.metadata.sorted_tables:
            if table.name != QUOTAS:
                found[table.name] = repr(sorted(map(repr, tx.execute(table.select()))))
    store.close()
    return found


def test_an_unfriendly_policy_changes_nothing_anywhere(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    before = everything(world)
    assert [name for name in before if name.endswith(".ics")]
    assert [name for name in before if name.endswith(".eml")]
    policy = world.folder / "unfriendly.yaml"
    text = (world.home / "policy.yaml").read_text(encoding="utf-8")
    policy.write_text(text.replace("grid: 15 min", "grid: 1 day").replace("respect", "ignore"), encoding="utf-8")
    capsys.readouterr()
    assert run(["plan", "--policy", str(policy), *_at(world)]) == 0
    assert "Left without a time" in capsys.readouterr().out
    assert run(["plan", "--policy", str(policy), "--json", *_at(world)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["weighed"]["refused"]
    assert all(each["after"]["without"] for each in found["relationships"])
    assert everything(world) == before
