"""Drives a programme through its weeks: time jumps from one moment at which something is due to the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from agent.simulation.world import World

STEP = timedelta(minutes=1)
"""The least that time moves on, so that nothing due for ever can make it stand still."""


class Programme(Protocol):
    """A deployment at work whose clock is the world's."""

    def sweep(self) -> object:
        """Bring everything that is due up to date."""
        ...

    def next_wake(self) -> datetime | None:
        """When something is due next."""
        ...


def drive(world: World, programme: Programme, until: datetime, passed: Callable[[datetime], None]) -> int:
    """Sweep at every moment before ``until`` at which something is due or somebody acts; give how many there were.

    ``passed`` hears of each moment before its sweep.
    """
    sweeps = 0
    moment = world.clock.now()
    while moment < until:
        world.step(moment)
        passed(moment)
        programme.sweep()
        sweeps += 1
        moment = _next(world, programme, moment, until)
    world.step(until)
    passed(until)
    return sweeps


def _next(world: World, programme: Programme, moment: datetime, until: datetime) -> datetime:
    due = [each for each in (programme.next_wake(), world.next_act(), until) if each is not None]
    return max(min(due), moment + STEP)
