"""What is measured of the loop and its store, each by itself: at rest, when much is due, effects, a year."""

from __future__ import annotations

import sqlite3
import statistics
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from agent.clock import RehearsalClock, SystemClock
from agent.daemon.loop import Stop, run
from agent.daemon.notify import Notifier
from agent.services.part import Part
from agent.services.programme import Programme
from agent.services.sweep import next_sweep, sweep
from agent.store.engine import Store
from tests import factories
from tests.bench import spine_process, spine_rows, spine_year
from tests.bench.spine_watch import Taken
from tests.factories import NOW

LATER = NOW + timedelta(weeks=4)
WHAT_IS_DUE = Part(ask_all=False)
THREADS = 8


@dataclass(frozen=True)
class Sizes:
    """How much is measured. The quick run shows that everything works; its times mean little."""

    asleep: int = 100_000
    sweeps: int = 300
    rest: float = 10.0
    due: int = 1000
    rounds: int = 5
    grouped: int = 20_000
    alone: int = 2000
    pairs: int = 100
    year: timedelta = timedelta(days=365)


QUICK = Sizes(500, 5, 0.2, 20, 2, 100, 20, 2, timedelta(weeks=4))


@dataclass(frozen=True)
class Figure:
    """One thing that was measured, beside what was wanted (None: told for comparison only).

    ``busy`` is the same by the processor's time alone: what it would be with a disk of no latency and no neighbours.
    """

    what: str
    unit: str
    measured: float
    wanted: float | None = None
    at_least: bool = False
    busy: float | None = None

    @property
    def kept(self) -> bool | None:
        """Whether it is as wanted."""
        if self.wanted is None:
            return None
        return self.measured >= self.wanted if self.at_least else self.measured <= self.wanted


def _taken(work: Callable[[], object], times: int = 1) -> list[Taken]:
    taken = [Taken() for _ in range(times)]
    for each in taken:
        with each.adding():
            work()
    return taken


def _median(what: str, taken: Sequence[Taken], wanted: float | None = None) -> Figure:
    wall, busy = (statistics.median(getattr(each, name) for each in taken) * 1000 for name in ("wall", "busy"))
    return Figure(what, "ms", wall, wanted, busy=busy)


def commit(_sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Commit one row as the store commits: a log in front, and flushed."""
    database = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}").close()
    database.execute("CREATE TABLE bare (number)")

    def once() -> None:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO bare VALUES (1)")
        database.execute("COMMIT")

    yield _median("one bare INSERT and COMMIT", _taken(once, 200))
    database.close()


def process(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Start the real process."""
    started = spine_process.start(folder, sizes.asleep, sizes.rest)
    pairs = f"{sizes.asleep} pairs"
    yield Figure(f"{pairs}: files read the first time, and taken in", "s of processor", started.reading)
    yield Figure("start of the process to its first sweep", "s", started.ready, 1.0, busy=started.busy)
    yield Figure("… attune --version, in comparison", "s", started.version)
    yield Figure("resident memory, at rest", "MiB", started.resident, 100)
    yield Figure("… its share of it (PSS)", "MiB", started.share)
    yield Figure("… after /metrics was asked", "MiB", started.scraped, 100)
    yield Figure("/metrics, the first time", "ms", started.scrape * 1000)
    yield Figure("at rest, of one processor", "%", started.resting * 100)
    yield Figure("calls to providers", "", started.calls, 0)


def idle(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Sweep with nothing due."""
    store, _ = _many(sizes, folder)
    at_work = spine_rows.programme(store, [], RehearsalClock(NOW), threads=THREADS)
    sweep(at_work, WHAT_IS_DUE)
    taken = _taken(lambda: sweep(at_work, WHAT_IS_DUE), sizes.sweeps)
    yield _median(f"sweep with {sizes.asleep} asleep, median", taken, 1.0)
    yield Figure("… slowest of a hundred", "ms", sorted(taken)[-1 - len(taken) // 100].wall * 1000)
    yield Figure("transactions of the idle loop", "a second", _transactions(sizes, at_work), 5)
    store.close()


def _many(sizes: Sizes, folder: Path) -> tuple[Store, list[str]]:
    store = spine_rows.fresh(folder)
    return store, spine_rows.asleep(store, sizes.asleep, LATER)


def _transactions(sizes: Sizes, at_work: Programme) -> float:
    """Let the real loop rest for a while, and count what it asks the database meanwhile, its first sweep included."""
    stop, count = Stop(), 0

    def begun(_connection: sa.Connection) -> None:
        nonlocal count
        count += 1

    sa.event.listen(at_work.store._engine, "begin", begun)
    threading.Timer(sizes.rest, stop.set).start()
    every = timedelta(minutes=5)
    loop = partial(run, every=every, clock=SystemClock(), stop=stop, notifier=Notifier(None))
    loop(lambda: sweep(at_work, WHAT_IS_DUE), lambda: next_sweep(at_work))
    sa.event.remove(at_work.store._engine, "begin", begun)
    return count / sizes.rest


def due(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Claim many that are due, and record decisions that cost nothing."""
    store, names = _many(sizes, folder)
    known = [factories.pair(id=name) for name in names[: sizes.due]]
    at_work = spine_rows.programme(store, known, RehearsalClock(NOW), threads=THREADS)
    taken = []
    for _ in range(sizes.rounds):
        spine_rows.wake(store, names[: sizes.due], NOW)
        with spine_rows.free_of_cost(LATER):
            taken += _taken(lambda: _expect(sweep(at_work, WHAT_IS_DUE).decided, sizes.due))
    yield _median(f"{sizes.due} due: claim and record", taken, 150)
    store.close()


def effects(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Carry out effects that cost nothing."""
    store, names = _many(sizes, folder)
    yield _effects(f"effects, {THREADS} side by side", store, names[: sizes.grouped], THREADS, 10_000)
    yield _effects("effects, 128 side by side", store, names[: sizes.grouped], 128, None)
    yield _effects("effects, one at a time", store, names[: sizes.alone], 1, 1000)
    store.close()


def _effects(what: str, store: Store, names: Sequence[str], threads: int, wanted: float | None) -> Figure:
    at_work = spine_rows.programme(store, [], RehearsalClock(NOW), threads=threads)
    spine_rows.effects(store, names, NOW, number=threads)
    with spine_rows.free_of_cost(LATER):
        (taken,) = _taken(lambda: _expect(sweep(at_work, WHAT_IS_DUE).delivered, len(names)))
    return Figure(what, "a second", len(names) / taken.wall, wanted, at_least=True, busy=len(names) / taken.busy)


def year(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Let pairs meet for a year."""
    passed = spine_year.simulate(folder, sizes.pairs, sizes.year, threads=1)
    what = f"{sizes.pairs} pairs, {sizes.year.days} days: bookkeeping"
    yield Figure(what, "s", passed.bookkeeping.wall, 2.0, busy=passed.bookkeeping.busy)
    yield Figure("… deciding, texts and calls", "s", passed.outside.wall, busy=passed.outside.busy)
    yield Figure("… sweeps", "", passed.sweeps)
    yield Figure("… decisions", "", passed.decisions)
    yield Figure("… effects", "", passed.effects)


def _expect(found: int, wanted: int) -> None:
    if found != wanted:
        raise RuntimeError(f"{found} of {wanted} were done")
