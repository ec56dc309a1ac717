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

    def sleep(self, seconds: float) -> None:
        """Return once this much time has passed."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the present instant, aware UTC."""
        return datetime.now(UTC)

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

    def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self.instant += timedelta(seconds=seconds)
