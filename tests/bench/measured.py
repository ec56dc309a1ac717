"""How long something takes and how much it holds: CPU time over several runs, memory in a run of its own."""

from __future__ import annotations

import gc
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any

from dateutil import tz

from agent.core import zones


@dataclass(frozen=True)
class Row:
    """One contender at one task: microseconds of CPU for one relationship, and peak memory of all in KiB."""

    task: str
    contender: str
    relationships: int
    runs: int
    lower_quartile: float
    median: float
    upper_quartile: float
    peak_kib: float | None

    def as_json(self) -> dict[str, Any]:
        """The same by name."""
        return asdict(self)


def row(task: str, contender: str, runs: Iterable[float], relationships: int = 1, peak: float | None = None) -> Row:
    """Sum up runs, each in nanoseconds for so many relationships."""
    each = [run / 1000 / relationships for run in runs]
    low, median, high = statistics.quantiles(each, n=4, method="inclusive") if len(each) > 1 else each * 3
    return Row(task, contender, relationships, len(each), low, median, high, peak)


def forget() -> None:
    """Empty every cache of ours and of the libraries' zones, as in a process that has just begun."""
    zones.forget()
    tz.gettz.cache_clear()
    for module in tuple(sys.modules.values()):
        if isinstance(module, ModuleType) and module.__name__.startswith("agent."):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def nanoseconds(work: Callable[[], object], times: int = 1) -> float:
    """CPU time of this process for one call, without the collector of garbage."""
    with _no_collection():
        begun = time.process_time_ns()
        for _ in range(times):
            work()
        return (time.process_time_ns() - begun) / times


def peak_kib(work: Callable[[], object]) -> float:
    """The most memory that Python objects and arrays made by a call held at once, in KiB."""
    with _no_collection():
        tracemalloc.start()
        try:
            work()
            return tracemalloc.get_traced_memory()[1] / 1024
        finally:
            tracemalloc.stop()


@contextmanager
def _no_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
