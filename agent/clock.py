"""The one place that reads the time or waits."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Aware UTC time, and a way to let it pass."""

    def now(self) -> datetime:
        """Give the present instant, aware UTC."""
        ...

    def steady(self) -> float:
        """Give seconds since some fixed moment, which nobody sets: they pass while the machine sleeps, too."""
        ...

    def sleep(self, seconds: float) -> None:
        """Return once this much time has passed."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the present instant, aware UTC."""
        return datetime.now(UTC)

    def steady(self) -> float:
        """Give seconds since the machine was started."""
        return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))

    def sleep(self, seconds: float) -> None:
        """Block this thread."""
        time.sleep(seconds)


@dataclass
class RehearsalClock:
    """A clock that stands where it is put: for ``--at``, the demo and tests. Waiting on it moves it."""

    instant: datetime

    def now(self) -> datetime:
        """Give the instant it was put at."""
        return self.instant

    def steady(self) -> float:
        """Give the instant in seconds: nobody sets this clock but by waiting on it."""
        return self.instant.timestamp()

    def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self.instant += timedelta(seconds=seconds)


WORTH_TELLING = timedelta(minutes=1)
"""Less is what a clock is put right by from day to day."""

FAR_AHEAD = timedelta(minutes=30)
"""A clock that leaps ahead so far may be wrong, and what is done too early cannot be undone."""


class Leaps:
    """Notices that somebody has set the machine's clock, by the steady one that nobody can set."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall, self._steady = clock.now(), clock.steady()

    def since(self) -> timedelta:
        """How far the clock was set since the last look, ahead or (negative) back; zero where that is hardly any."""
        wall, steady = self._clock.now(), self._clock.steady()
        leap = wall - self._wall - timedelta(seconds=steady - self._steady)
        self._wall, self._steady = wall, steady
        return leap if abs(leap) >= WORTH_TELLING else timedelta()
