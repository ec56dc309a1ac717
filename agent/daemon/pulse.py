"""Whether the loop is alive: when it last began or ended a sweep, by a clock that nobody can put forward or back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from time import monotonic

from agent import metrics
from agent.services.part import Swept

SWEEPS = 3
"""After so many intervals without a sign the loop is taken for stuck."""


class Pulse:
    """Taken by whoever sweeps, felt by others; several threads may sweep at once."""

    def __init__(self, every: timedelta, seconds: Callable[[], float] = monotonic) -> None:
        self._patience = SWEEPS * every.total_seconds()
        self._seconds = seconds
        self._last = seconds()
        self._swept = False

    def around(self, sweep: Callable[[], Swept]) -> Swept:
        """Make a sweep, and measure it. One that fails is a sign of life, but is not done; its error passes through."""
        self._last = begun = self._seconds()
        try:
            done = sweep()
        except Exception as error:
            metrics.error(error)
            raise
        finally:
            self._last = ended = self._seconds()
        metrics.swept(ended - begun, decided=done.decided, set_aside=done.set_aside)
        self._swept = True
        return done

    def beat(self) -> None:
        """Take note of a look at what is due: as good as a sweep, where other workers have done what there was."""
        self._last = self._seconds()
        self._swept = True

    @property
    def alive(self) -> bool:
        """Whether a sweep has begun or ended of late; at the very start, whether it may still be about to."""
        return self._seconds() - self._last <= self._patience

    @property
    def swept(self) -> bool:
        """Whether a sweep is done since the process began."""
        return self._swept
