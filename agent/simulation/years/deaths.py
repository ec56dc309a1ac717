"""Kills the process: at a commit or a call, just before it or just after, as a history says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from agent.simulation.years.history import Kill
from agent.store.engine import Store, Transaction


class Killed(BaseException):
    """The process is dead; ``down`` is for how many minutes. Nothing in the loop may catch this."""

    def __init__(self, down: int) -> None:
        super().__init__(down)
        self.down = down


class Reaper:
    """Counts the steps of whoever is at work, and strikes at the one that is next on the list."""

    def __init__(self, kills: Iterable[Kill], now: Callable[[], int]) -> None:
        self._waiting = sorted(kills, key=lambda each: each.at)
        self._now = now
        self._steps = 0

    def step(self) -> None:
        """Say that something is about to be done for good, or has just been. Raises ``Killed``."""
        if not self._waiting or self._waiting[0].at > self._now():
            return
        self._steps += 1
        if self._steps >= self._waiting[0].step:
            self._steps = 0
            raise Killed(self._waiting.pop(0).down)


class MortalStore(Store):
    """The same database, as a process sees it that may die at each commit."""

    def __init__(self, real: Store, reaper: Reaper) -> None:
        super().__init__(real._engine)  # noqa: SLF001  the same database, seen through other eyes
        self._reaper = reaper

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Open a transaction; the process may die before it is committed, or after."""
        with super().begin() as tx:
            yield tx
            self._reaper.step()
        self._reaper.step()
