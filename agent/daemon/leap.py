"""Notices that somebody has set the machine's clock, by a second one that nobody can set."""

from __future__ import annotations

from datetime import timedelta

from agent.clock import Clock

WORTH_TELLING = timedelta(minutes=1)
"""Less is what a clock is put right by from day to day."""

FAR_AHEAD = timedelta(minutes=30)
"""A clock that leaps ahead so far may be wrong, and what is done too early cannot be undone."""


class Leaps:
    """Compares the clock with the steady one, from one look to the next."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wall, self._steady = clock.now(), clock.steady()

    def since(self) -> timedelta:
        """How far the clock was set since the last look, ahead or (negative) back; zero where that is hardly any."""
        wall, steady = self._clock.now(), self._clock.steady()
        leap = wall - self._wall - timedelta(seconds=steady - self._steady)
        self._wall, self._steady = wall, steady
        return leap if abs(leap) >= WORTH_TELLING else timedelta()
