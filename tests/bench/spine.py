"""Measures the loop and its store on SQLite: ``python -m tests.bench.spine``.

What decides and what calls anybody costs nothing here; what is left is claiming, recording and committing. Times are
those of a wall clock, since most of it waits for the disk; one bare commit on the same disk is measured beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from agent import log
from agent.clock import RehearsalClock, SystemClock
from agent.daemon.loop import Stop, run
from agent.daemon.notify import Notifier
from agent.services.part import Part
from agent.services.programme import Programme
from agent.services.sweep import next_sweep, sweep
from agent.store.engine import Store
from tests import factories
from tests.bench import spine_process, spine_rows, spine_year
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
    """One thing that was measured, beside what was wanted (None: told for comparison only)."""

    what: str
    unit: str
    measured: float
    wanted: float | None = None
    at_least: bool = False

    @property
    def kept(self) -> bool | None:
        """Whether it is as wanted."""
        if self.wanted is None:
            return None
        return self.measured >= self.wanted if self.at_least else self.measured <= self.wanted


def figures(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Measure one after another."""
    yield Figure("one bare INSERT and COMMIT", "ms", _bare_commit(folder) * 1000)
    yield from _process(sizes, _new(folder, "process"))
    store = spine_rows.fresh(_new(folder, "many"))
    names = spine_rows.asleep(store, sizes.asleep, LATER)
    yield from _idle(sizes, store)
    yield _claim_and_record(sizes, store, names)
    for what, threads, count, wanted in (
        (f"effects, {THREADS} side by side", THREADS, sizes.grouped, 10_000),
        ("effects, 128 side by side", 128, sizes.grouped, None),
        ("effects, one at a time", 1, sizes.alone, 1000),
    ):
        yield Figure(what, "a second", _effects(store, names[:count], threads), wanted, at_least=True)
    store.close()
    yield from _year(sizes, _new(folder, "year"))


def _new(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


def _bare_commit(folder: Path) -> float:
    """Median seconds of one transaction of one row, as the store commits: a log in front, and flushed."""
    database = sqlite3.connect(folder / "bare.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}").close()
    database.execute("CREATE TABLE bare (number)")

    def commit() -> None:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO bare VALUES (1)")
        database.execute("COMMIT")

    seconds = statistics.median(_seconds(commit, 200))
    database.close()
    return seconds


def _seconds(work: Callable[[], object], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        begun = perf_counter()
        work()
        taken.append(perf_counter() - begun)
    return taken


def _process(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    started = spine_process.start(folder, sizes.asleep)
    yield Figure("start of the process to its first sweep", "s", started.ready, 1.0)
    yield Figure("… of which the processor was busy", "s", started.busy)
    yield Figure("… attune --version, in comparison", "s", started.version)
    yield Figure("resident memory, at rest", "MiB", started.resident, 100)
    yield Figure("… after /metrics was asked", "MiB", started.scraped, 100)
    yield Figure("/metrics, the first time", "ms", started.scrape * 1000)


def _idle(sizes: Sizes, store: Store) -> Iterator[Figure]:
    at_work = spine_rows.programme(store, [], RehearsalClock(NOW), threads=THREADS)
    sweep(at_work, WHAT_IS_DUE)
    taken = _seconds(lambda: sweep(at_work, WHAT_IS_DUE), sizes.sweeps)
    yield Figure(f"sweep with {sizes.asleep} asleep, median", "ms", statistics.median(taken) * 1000, 1.0)
    yield Figure("… slowest of a hundred", "ms", sorted(taken)[-1 - len(taken) // 100] * 1000)
    yield Figure("transactions of the idle loop", "a second", _transactions(sizes, at_work), 5)


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


def _claim_and_record(sizes: Sizes, store: Store, names: Sequence[str]) -> Figure:
    due = names[: sizes.due]
    known = [factories.pair(id=name) for name in due]
    at_work = spine_rows.programme(store, known, RehearsalClock(NOW), threads=THREADS)
    taken = []
    for _ in range(sizes.rounds):
        spine_rows.wake(store, due, NOW)
        with spine_rows.free_of_cost(LATER):
            (seconds,) = _seconds(lambda: _expect(sweep(at_work, WHAT_IS_DUE).decided, len(due)), 1)
        taken.append(seconds)
    return Figure(f"{sizes.due} due: claim and record", "ms", statistics.median(taken) * 1000, 150)


def _effects(store: Store, names: Sequence[str], threads: int) -> float:
    """Effects a second."""
    at_work = spine_rows.programme(store, [], RehearsalClock(NOW), threads=threads)
    spine_rows.effects(store, names, NOW, number=threads)
    with spine_rows.free_of_cost(LATER):
        (seconds,) = _seconds(lambda: _expect(sweep(at_work, WHAT_IS_DUE).delivered, len(names)), 1)
    return len(names) / seconds


def _year(sizes: Sizes, folder: Path) -> Iterator[Figure]:
    year = spine_year.simulate(folder, sizes.pairs, sizes.year, threads=1)
    yield Figure(f"{sizes.pairs} pairs, {sizes.year.days} days: bookkeeping", "s", year.bookkeeping, 2.0)
    yield Figure("… deciding, texts and calls", "s", year.outside)
    yield Figure("… sweeps", "", year.sweeps)
    yield Figure("… decisions", "", year.decisions)
    yield Figure("… effects", "", year.effects)


def _expect(found: int, wanted: int) -> None:
    if found != wanted:
        raise RuntimeError(f"{found} of {wanted} were done")


def show(console: Console, found: Sequence[Figure]) -> None:
    """Print the table."""
    table = Table("what", "unit")
    for name in ("measured", "wanted"):
        table.add_column(name, justify="right")
    table.add_column("")
    for each in found:
        wanted = "" if each.wanted is None else f"{'≥' if each.at_least else '≤'} {each.wanted:g}"
        word = {True: "kept", False: "NOT KEPT", None: ""}[each.kept]
        table.add_row(each.what, each.unit, f"{each.measured:,.4g}", wanted, word)
    console.print(table)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="measure a little of everything")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args(arguments)
    folder = tempfile.TemporaryDirectory(prefix="attune-spine-")
    with folder as name, Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        log.configure(stream=nowhere)
        found = list(figures(QUICK if options.quick else Sizes(), Path(name)))
    show(Console(), found)
    if options.json:
        options.json.write_text(json.dumps([asdict(each) | {"kept": each.kept} for each in found], indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
