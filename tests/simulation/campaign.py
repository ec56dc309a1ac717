"""``python -m tests.simulation.campaign --weeks 200000 --jobs 2 --json FILE``: many simulated programmes, all judged.

One seed after another is run in as many processes as asked for, until so many relationship-weeks have been lived. Each
result is added to FILE as soon as it is there, so that a campaign that was interrupted goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from agent import log
from agent.simulation.years.fate import WEATHERS, draw_history
from agent.simulation.years.history import History
from agent.simulation.years.judging.lives import spoken
from agent.simulation.years.trial import attempt

SHAPES = "100x26,100x26,100x26,50x52"
"""Half a year mostly, a whole one now and then. Fewer pairs cost more a week; with more, results come more rarely."""


@dataclass(frozen=True)
class Task:
    """One programme to live through; the same task gives the same history."""

    seed: int
    pairs: int
    weeks: int
    faults: str

    def history(self) -> History:
        """Draw it."""
        return draw_history(self.seed, self.pairs, self.weeks, WEATHERS[self.faults], {})


@dataclass(frozen=True)
class Result:
    """What came of a task. ``findings`` are the first broken promises, one line each."""

    seed: int
    pairs: int
    weeks: int
    faults: str
    relationship_weeks: int
    violations: int
    kills: int
    cpu_seconds: float
    fingerprint: str
    findings: tuple[str, ...] = ()

    @property
    def task(self) -> Task:
        """What it came of."""
        return Task(self.seed, self.pairs, self.weeks, self.faults)


def run(task: Task) -> Result:
    """Live through one programme."""
    before = time.process_time()
    history = task.history()
    with log.silenced():
        trial = attempt(history)
    told = tuple(f"{spoken(f.at)} {f.invariant}: {f.relationship} {f.what}" for f in trial.findings[:20])
    return Result(
        **asdict(task),
        relationship_weeks=len(history.relationships) * history.weeks,
        violations=len(trial.findings),
        kills=sum(1 for each in trial.evidence.troubles if not each.person),
        cpu_seconds=round(time.process_time() - before, 2),
        fingerprint=trial.fingerprint,
        findings=told,
    )


def chosen_tasks(first: int, shapes: str, faults: str, enough: int) -> list[Task]:
    """Give a task a seed until there are enough relationship-weeks; a seed always has the same shape."""
    sizes = [tuple(map(int, shape.split("x"))) for shape in shapes.split(",")]
    found: list[Task] = []
    for seed in count(first):
        pairs, weeks = sizes[seed % len(sizes)]
        found.append(Task(seed, pairs, weeks, faults))
        enough -= pairs * weeks
        if enough <= 0:
            break
    return found


def taken_up(file: Path) -> list[Result]:
    """Give the results that a campaign has written; a line that it did not finish is taken out of the file."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    whole = text[: text.rfind("\n") + 1]
    if whole != text:
        file.write_text(whole, encoding="utf-8")
    found = [json.loads(line) for line in whole.splitlines()]
    return [Result(**each | {"findings": tuple(each["findings"])}) for each in found]


def carry_on(todo: Sequence[Task], jobs: int, file: Path) -> Iterator[Result]:
    """Run tasks, so many at once, and write each result down before it is given."""
    left = iter(todo)
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool, file.open("a", encoding="utf-8") as kept:
        running = {pool.submit(run, task): task for task in islice(left, jobs)}
        while running:
            for ended in wait(running, return_when=FIRST_COMPLETED).done:
                result = _result(ended, running.pop(ended))
                running |= {pool.submit(run, task): task for task in islice(left, 1)}
                kept.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")
                kept.flush()
                yield result


def _result(ended: Future[Result], task: Task) -> Result:
    try:
        return ended.result()
    except Exception as error:
        raise RuntimeError(f"{task} ended in an error") from error


def summary(results: Sequence[Result]) -> str:
    """Say what came of all of them together."""
    lived = sum(each.relationship_weeks for each in results)
    cpu = sum(each.cpu_seconds for each in results)
    lines = [
        f"relationship-weeks   {lived:,}",
        f"programmes           {len(results)}, seeds {_seeds(results)}",
        f"process killed       {sum(each.kills for each in results):,}",
        f"CPU                  {cpu / 3600:.2f} h, {1000 * cpu / max(lived, 1):.1f} ms a relationship-week",
        f"promises not kept    {sum(each.violations for each in results)}",
    ]
    for each in results:
        if each.violations:
            again = f"--pairs {each.pairs} --weeks {each.weeks} --faults {each.faults} --seed {each.seed}"
            lines += [f"again: attune simulate {again}", *(f"  {told}" for told in each.findings)]
    return "\n".join(lines)


def _seeds(results: Sequence[Result]) -> str:
    seeds = [each.seed for each in results]
    return f"{min(seeds)} to {max(seeds)}" if seeds else "none"


@contextmanager
def _progress(total: int, done: int) -> Iterator[Callable[[Result], None]]:
    """A bar over the relationship-weeks, where somebody is watching; a line for each result where nobody is."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda each: console.print(
            f"seed {each.seed}: {each.relationship_weeks} weeks, {each.violations} not kept"
        )
        return
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("relationship-weeks"), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("", total=total, completed=done)
        yield lambda each: progress.advance(bar, each.relationship_weeks)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a campaign to its end; 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.campaign", description=__doc__)
    parser.add_argument("--weeks", type=int, default=200_000, help="relationship-weeks, all together")
    parser.add_argument("--jobs", type=int, default=2, help="processes side by side")
    parser.add_argument("--faults", choices=sorted(WEATHERS), default="heavy")
    parser.add_argument("--seed-from", type=int, default=1, help="the first seed")
    parser.add_argument("--shapes", default=SHAPES, help="pairs x weeks of one programme, each in turn")
    parser.add_argument("--json", type=Path, required=True, metavar="FILE", help="a result a line")
    asked = parser.parse_args(arguments)
    known = taken_up(asked.json)
    chosen = chosen_tasks(asked.seed_from, asked.shapes, asked.faults, asked.weeks)
    results = [each for each in known if each.task in chosen]
    todo = [task for task in chosen if task not in {each.task for each in results}]
    total = sum(task.pairs * task.weeks for task in chosen)
    with _progress(total, total - sum(task.pairs * task.weeks for task in todo)) as told:
        for result in carry_on(todo, asked.jobs, asked.json):
            told(result)
            results.append(result)
    print(summary(results))
    return 1 if any(each.violations for each in results) else 0


if __name__ == "__main__":
    sys.exit(main())
