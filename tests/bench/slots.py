"""Measures the slot search against other ways to do it, on the same work in the same run; ``make bench`` starts it.

Answers are compared before times are: all contenders have to find the same starts and the same best ten at the same
prices, otherwise the run ends with exit code 1. What is measured and how to read it: docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

sys.path.insert(0, str(Path(__file__).parents[2]))

from agent.core import zones
from tests.bench import cohorts, measured, ours, workload
from tests.bench.aware import with_aware_dateutil
from tests.bench.contenders import as_calendars, with_dateutil, with_icalendar, with_portion
from tests.bench.measured import Row
from tests.bench.plain import Answer
from tests.bench.report import (
    AWARE,
    BATCH,
    CIRCLE,
    COLD,
    CORE,
    EVENTS,
    FRESH,
    PORTION,
    TUNED,
    WARM,
    show,
    show_cohorts,
    wanted,
)
from tests.bench.workload import Work

CHUNK = 500
"""Pairs of a programme that are made, searched and thrown away at a time; mentors stay with all their mentees."""

Contender = Callable[[Work], Answer]


@dataclass(frozen=True)
class Sizes:
    """How much is measured. The quick run shows that all agree; its times mean little."""

    pairs: int = 25
    repeats: int = 5
    circles: int = 5
    fresh: int = 1000
    programmes: tuple[int, ...] = (1000, 10_000)
    compared: int = 100
    loops: int = 2000
    weighed: int = 3


QUICK = Sizes(pairs=2, repeats=1, circles=1, fresh=12, programmes=(15,), compared=5, loops=20, weighed=0)


class Disagree(Exception):
    """Two contenders give different answers to the same question."""


@dataclass
class Run:
    """One run of the whole benchmark, as far as it has come."""

    sizes: Sizes
    step: Callable[[str], None]
    rows: list[Row] = field(default_factory=list)

    def pairs(self) -> None:
        """Cold and warm pairs."""
        works = list(workload.pairs(self.sizes.pairs))
        self._against_all(COLD, works, self.sizes.repeats)
        self.step(WARM)
        times = []
        for work in works:
            known = ours.masks(work)
            best = ours.alone(work)[1]
            if ours.warm(known) is not None:
                _same(WARM, CORE, best[0].span.start, ours.warm(known))
                times.append(measured.nanoseconds(partial(ours.warm, known), self.sizes.loops))
        self.rows.append(measured.row(WARM, CORE, times))

    def circles(self) -> None:
        """Eight people who meet together."""
        works = [workload.circle(f"circle-{n}", 7) for n in range(self.sizes.circles)]
        self._against_all(CIRCLE, works, self.sizes.repeats)

    def _against_all(self, task: str, works: Sequence[Work], repeats: int) -> None:
        """Contenders take turns, so that what else the machine does meanwhile meets all of them."""
        contenders = _contenders(works)
        for name, contender in contenders.items():
            self.step(f"{task}: {name}")
            for work in works:
                _same(work.relationship.id, name, ours.answer(ours.alone(work)), contender(work))
        runs: dict[str, Callable[[Work], object]] = {**contenders, CORE: ours.alone}
        times: dict[str, list[float]] = {name: [] for name in runs}
        for work in [*works] * repeats:
            for name, run in runs.items():
                times[name].append(_cold(run, work))
        for name, run in runs.items():
            peak = max((measured.peak_kib(partial(run, work)) for work in works[: self.sizes.weighed]), default=None)
            self.rows.append(measured.row(task, name, times[name], peak=peak))

    def strangers(self) -> None:
        """Many pairs at once that share nobody, so that each brings two people to look at."""
        works = list(workload.pairs(self.sizes.fresh))
        task = f"{len(works):,} {FRESH}"
        self._both(task, [works], self.sizes.repeats)
        for name, contender in ((AWARE, with_aware_dateutil), (TUNED, with_dateutil)):
            times = []
            for work in works[: self.sizes.compared]:
                _same(work.relationship.id, name, ours.answer(ours.alone(work)), contender(work))
                times.append(_cold(contender, work))
            self.rows.append(measured.row(task, name, times))

    def programmes(self) -> None:
        """Whole programmes, in which mentors have several mentees."""
        for count in self.sizes.programmes:
            repeats = self.sizes.repeats if count <= CHUNK * 4 else 1
            self._both(f"{count:,} pairs of a programme", _chunks(count), repeats)

    def _both(self, task: str, chunks: Sequence[Sequence[Work]] | Iterator[Sequence[Work]], repeats: int) -> None:
        times: dict[str, list[float]] = {CORE: [0.0] * repeats, BATCH: [0.0] * repeats}
        peaks: dict[str, float | None] = dict.fromkeys(times)
        count = 0
        for chunk in chunks:
            self.step(f"{task}: {count:,}")
            first = ours.swept(chunk), ours.batched(chunk)
            for work, one, other in zip(chunk, *first, strict=True):
                _same(work.relationship.id, BATCH, ours.answer(one), ours.answer(other))
            for name, run in ((CORE, ours.swept), (BATCH, ours.batched)):
                for n in range(repeats):
                    times[name][n] += _cold(run, chunk)
                if not count and self.sizes.weighed:
                    peaks[name] = measured.peak_kib(partial(run, chunk))
            count += len(chunk)
        self.rows += [measured.row(task, name, times[name], count, peaks[name]) for name in times]


def _contenders(works: Sequence[Work]) -> dict[str, Contender]:
    calendars = {work.relationship.id: as_calendars(work) for work in works}
    return {
        CORE: lambda work: ours.answer(ours.alone(work)),
        AWARE: with_aware_dateutil,
        TUNED: with_dateutil,
        PORTION: with_portion,
        EVENTS: lambda work: with_icalendar(work, calendars[work.relationship.id]),
    }


def _chunks(count: int) -> Iterator[list[Work]]:
    families = workload.programme(count)
    chunk: list[Work] = []
    for family in families:
        chunk += family
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _cold(run: Callable[[Any], object], work: Any) -> float:
    measured.forget()
    return measured.nanoseconds(partial(run, work))


def _same(what: str, contender: str, expected: object, found: object) -> None:
    if expected != found:
        raise Disagree(f"{what}: {contender} gives another answer than Attune's core")


def header(sizes: Sizes) -> dict[str, Any]:
    """What the figures depend on, but for the machine."""
    return {
        "python": platform.python_version(),
        "numpy": metadata.version("numpy"),
        "python-dateutil": metadata.version("python-dateutil"),
        "tzdata": zones.VERSION,
        "seed": workload.SEED,
        "weeks": workload.WEEKS,
        "events a week": workload.EVENTS_A_WEEK,
        "grid, duration, buffers (min)": "15, 45, 5/10",
        "pairs measured": sizes.pairs,
        "runs of each": sizes.repeats,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it all and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="little of everything: do all answers agree?")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--no-cohorts", action="store_true", help="leave the planning of whole cohorts out")
    chosen = parser.parse_args(arguments)
    sizes = QUICK if chosen.quick else Sizes()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        tasks = 11 + 1 + sum(-(-count // CHUNK) for count in sizes.programmes)
        bar = progress.add_task("", total=tasks)
        run = Run(sizes, lambda what: progress.update(bar, description=what, advance=1))
        try:
            for part in (run.pairs, run.circles, run.strangers, run.programmes):
                part()
        except Disagree as found:
            progress.console.print(f"Answers disagree, so no times: {found}")
            return 1
        progress.update(bar, description="cohorts")
        whole = [] if chosen.no_cohorts else cohorts.measure(quick=chosen.quick)
    facts, promised = header(sizes), wanted(run.rows)
    console = Console() if sys.stdout.isatty() else Console(width=120)
    show(console, facts, run.rows, promised)
    show_cohorts(console, whole, cohorts.COLUMNS)
    if chosen.json:
        figures = {
            "header": facts,
            "rows": [row.as_json() for row in run.rows],
            "wanted": [{**vars(each), "kept": each.kept} for each in promised],
            "cohorts": whole,
        }
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
