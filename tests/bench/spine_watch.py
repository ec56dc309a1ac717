"""A watch of two hands: seconds by the clock on the wall, and of this process's threads on the processor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter, process_time


@dataclass(order=True)
class Taken:
    """Seconds that something took."""

    wall: float = 0.0
    busy: float = 0.0

    @contextmanager
    def adding(self) -> Iterator[None]:
        """Add what is done within it."""
        wall, busy = perf_counter(), process_time()
        try:
            yield
        finally:
            self.wall += perf_counter() - wall
            self.busy += process_time() - busy

    def without(self, other: Taken) -> Taken:
        """Give what is left where this is part of it."""
        return Taken(self.wall - other.wall, self.busy - other.busy)
