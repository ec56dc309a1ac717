"""The benchmark's tables, and the ratios that were promised beside those that were measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.bench.measured import Row

CORE, BATCH = "Attune, standard library", "Attune, NumPy batch"
AWARE, TUNED = "dateutil + sweep", "dateutil + sweep, tuned"
PORTION, EVENTS = "dateutil + portion", "recurring-ical-events"
COLD, WARM, CIRCLE, FRESH = "cold pair", "warm pair", "circle of 8", "pairs of strangers"


@dataclass(frozen=True)
class Wanted:
    """A ratio that was promised, and the one that was measured."""

    what: str
    wanted: float
    measured: float
    at_most: bool = False

    @property
    def kept(self) -> bool:
        """Whether the promise is kept."""
        return self.measured <= self.wanted if self.at_most else self.measured >= self.wanted


def wanted(rows: Sequence[Row]) -> list[Wanted]:
    """The ratios of issue 3, from medians per relationship."""
    medians = {(row.task, row.contender): row.median for row in rows}
    cold = medians[COLD, CORE]
    batch = next(row for row in rows if row.contender == BATCH and FRESH in row.task)
    return [
        *(Wanted(f"cold pair, times faster than {name}", 12, medians[COLD, name] / cold) for name in (AWARE, TUNED)),
        *(
            Wanted(f"NumPy batch, times faster than {n}", 70, medians[batch.task, n] / batch.median)
            for n in (AWARE, TUNED)
        ),
        Wanted("warm pair, times faster than a cold one", 300, cold / medians[WARM, CORE]),
        Wanted("circle of 8, times a cold pair", 5, medians[CIRCLE, CORE] / cold, at_most=True),
    ]


def show(console: Console, facts: dict[str, Any], rows: Sequence[Row], promised: Sequence[Wanted]) -> None:
    """Print the tables."""
    console.print("  ".join(f"{name} {value}" for name, value in facts.items()), soft_wrap=True, highlight=False)
    times = Table("task", "contender", title="CPU time for one relationship; peak memory of all", title_justify="left")
    for name in ("median", "quartiles", "memory", "runs"):
        times.add_column(name, justify="right")
    task = ""
    for row in rows:
        if row.task != task and task:
            times.add_section()
        spread = f"{_time(row.lower_quartile)} to {_time(row.upper_quartile)}"
        memory = "" if row.peak_kib is None else f"{row.peak_kib:,.0f} KiB"
        first = "" if row.task == task else row.task
        times.add_row(first, row.contender, _time(row.median), spread, memory, str(row.runs))
        task = row.task
    console.print(times)
    ratios = Table("ratio", title="Wanted and measured", title_justify="left")
    for name in ("wanted", "measured", ""):
        ratios.add_column(name, justify="right")
    for each in promised:
        sign = "≤" if each.at_most else "≥"
        ratios.add_row(each.what, f"{sign} {each.wanted:g}", f"{each.measured:.1f}", "yes" if each.kept else "no")
    console.print(ratios)


def show_cohorts(console: Console, found: Sequence[Mapping[str, object]], columns: Mapping[str, str]) -> None:
    """Print some columns of what is known of whole cohorts, each with its format."""
    if found:
        table = Table(*(name.replace("_", " ") for name in columns), title="Whole cohorts", title_justify="left")
        for each in found:
            table.add_row(*(Text(form.format(each[name])) for name, form in columns.items()))
        console.print(table)


def _time(microseconds: float) -> str:
    return f"{microseconds / 1000:,.2f} ms" if microseconds >= 100 else f"{microseconds:.2f} µs"
