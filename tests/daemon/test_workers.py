"""Several workers on one PostgreSQL: whatever happens to them or to their leases, everything is done, and once."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.daemon.shift import AT_ONCE
from agent.store.leases import GROUPS
from agent.store.shards import shard_of
from agent.wiring.parts import THREADS
from tests.daemon.fleet import Fleet, fleet, write
from tests.daemon.worker import Terms
from tests.servers.folder import Call
from tests.store.postgresql import Server

PAIRS = 24
TERMS = Terms(latency=0.04, lease=6.0, stale=2.0)
PATIENCE = 60.0
AT_WORK = AT_ONCE * THREADS
"""Calls that one worker can be in the middle of."""


@pytest.fixture
def workers(tmp_path: Path, postgresql_server: Server) -> Iterator[Fleet]:
    with postgresql_server.database() as url, fleet(tmp_path, url, pairs=PAIRS, terms=TERMS) as made:
        yield made


HELD = "SELECT args->>'group' FROM procrastinate_jobs WHERE status = 'doing'"


def effects(workers: Fleet) -> int:
    return sum(call.kind in {"create", "mail"} for call in workers.world.calls())


def mid_work(workers: Fleet, count: int = PAIRS) -> None:
    """Wait until some, and by far not all, has been done."""
    workers.until(lambda: effects(workers) >= count, PATIENCE)


def group_of(call: Call) -> int:
    """The group of shards of the pair that a call was about."""
    return shard_of(f"pair-{call.who.partition('@')[0].rpartition('-')[2]}") % GROUPS


def held_by(workers: Fleet, process: int) -> set[int]:
    """The groups that a worker holds: those that are held, and in which it made the last call."""
    held = {int(str(group)) for (group,) in workers.query(HELD)}
    last = {group_of(call): call.process for call in workers.world.calls()}
    return {group for group in held if last.get(group) == process}


def once_each(workers: Fleet) -> Counter[tuple[str, str]]:
    """See that every event is there once and that no mail is lost; give how often each mail went."""
    assert workers.world.events() == {
        f"{who}-{n}@northwind.example": 1 for who in ("mentor", "mentee") for n in range(PAIRS)
    }
    assert set(workers.world.effects("create").values()) == {1}
    mails = workers.world.effects("mail")
    assert len(mails) == 4 * PAIRS
    assert workers.query("SELECT DISTINCT status FROM intents WHERE status <> 'pending'") == [("done",)]
    return mails


def test_emptying_the_tables_of_leases_loses_nothing(workers: Fleet) -> None:
    """Whoever restores, truncates or loses the task engine's tables has lost nothing of the programme."""
    workers.start(2)
    for count in (PAIRS, 2 * PAIRS, 4 * PAIRS):
        mid_work(workers, count)
        workers.query(
            "TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_events RESTART IDENTITY CASCADE"
        )
    workers.until(workers.settled, PATIENCE)
    assert set(once_each(workers).values()) == {1}
    assert workers.stop() == [0, 0]


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_the_shards_of_a_worker_that_dies_or_freezes_go_on(workers: Fleet, blow: signal.Signals) -> None:
    workers.start(2)
    mid_work(workers)
    victim = workers.running[0]
    victim.send_signal(blow)
    then, held = time.time(), held_by(workers, victim.pid)
    assert held
    workers.until(workers.settled, PATIENCE)
    others = [call for call in workers.world.calls() if call.process != victim.pid and call.at > then]
    resumed = {
        group: min((call.at for call in others if group_of(call) == group), default=then) - then for group in held
    }
    print(f"{blow.name}: held {sorted(held)}, gone on after {[round(seconds, 1) for seconds in resumed.values()]} s")
    assert max(resumed.values(), default=0.0) <= TERMS.stale + 10
    victim.send_signal(signal.SIGCONT)
    time.sleep(2.0)
    workers.until(workers.settled, PATIENCE)
    mails = once_each(workers)
    assert set(mails.values()) <= {1, 2}
    assert sum(mails.values()) - len(mails) <= AT_WORK
    assert workers.stop() == [-signal.SIGKILL if blow is signal.SIGKILL else 0, 0]


def test_sigterm_in_the_middle_of_work_ends_it_cleanly(workers: Fleet) -> None:
    """Whoever restarts a service leaves nothing half done behind."""
    workers.start(2)
    mid_work(workers)
    assert workers.stop() == [0, 0]
    assert workers.query("SELECT count(*) FROM intents WHERE status IN ('doing', 'unknown')") == [(0,)]
    assert workers.query("SELECT count(*) FROM procrastinate_workers") == [(0,)]
    workers.start(1)
    workers.until(workers.settled, PATIENCE)
    assert set(once_each(workers).values()) == {1}


def test_somebody_new_in_the_files_is_met_without_a_restart(workers: Fleet) -> None:
    workers.start(1)
    workers.until(workers.settled, PATIENCE)
    write(workers.home, workers.url, PAIRS + 1)
    workers.until(lambda: workers.world.events().get(f"mentee-{PAIRS}@northwind.example") == 1, PATIENCE)
    assert workers.stop() == [0]
