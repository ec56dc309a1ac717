"""One stretch of a worker's time: leases are asked for, taken, worked on and given back, until something ends it.

Every worker looks what is due and asks for a lease of it; whichever worker is free takes that. So nothing is lost where
leases are: what is due stays due. The leases of a worker that is dead or frozen are ended by any other; should it come
back, the claims on relationships keep it from doing anything twice.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import TypeVar

from agent import log
from agent.clock import Clock
from agent.daemon.trust import Trust
from agent.services.edition import OlderFiles
from agent.services.part import Part, Swept
from agent.services.survey import Survey
from agent.store.errors import StoreError
from agent.store.leases import Leases, group_of, shards_of

Thing = TypeVar("Thing")

AT_ONCE = 4
"""Groups of shards that one worker sweeps side by side, so that a slow one does not keep the others waiting."""

A_WHILE = 60.0
"""Seconds between two looks whether people are to be taken in; every sweep looks too."""

SETTLED = 0.05
"""Seconds after which a lease that was given back can be asked for again."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a worker looks and gives a sign, how long it sweeps, and rests after a failure, in seconds.

    Whoever gave no sign for ``stale`` seconds is taken for dead. A clock set far ahead has ``settle`` seconds to be put
    right before anything is done by it.
    """

    look: float = 1.0
    sign: float = 2.5
    stale: float = 10.0
    sweep: float = 3.0
    rest: float = 5.0
    settle: float = 300.0


@dataclass(frozen=True)
class Site:
    """What there is to work on. The first five are called in several threads at once.

    ``sweep`` brings a part up to date; ``survey`` says what is due where; ``give_up`` frees what a silent worker held
    of some shards; ``take_in`` takes in who is in the programme, where that has changed; ``ask_all`` has every calendar
    asked whatever was due; ``changed`` says whether the files are other than those that were read; ``refresh`` reads
    them again.
    """

    sweep: Callable[[Part], Swept]
    survey: Callable[[], Survey]
    give_up: Callable[[frozenset[int]], None]
    take_in: Callable[[], None]
    ask_all: Callable[[], None]
    changed: Callable[[], bool]
    refresh: Callable[[], None]


@dataclass
class Shift:
    """Work until ``over`` is set, or something fails. ``look`` cuts the wait for the next look short.

    ``looked`` is called after each look.
    """

    site: Site
    leases: Leases
    clock: Clock
    trust: Trust
    pace: Pace
    over: asyncio.Event
    look: asyncio.Event
    looked: Callable[[], None]
    _taken_in: float = -math.inf
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE + 1, "shards"))

    async def run(self) -> None:
        """Return once it is over and all that was begun has ended. Raises what made it fail."""
        pace = self.pace
        take = self.leases.take(self._sweep, at_once=AT_ONCE, look=pace.look, sign=pace.sign, stale=pace.stale)
        duties = [asyncio.create_task(duty) for duty in (take, self._watch(), self._rescue())]
        end = asyncio.create_task(self.over.wait())
        try:
            await asyncio.wait([*duties, end], return_when=asyncio.FIRST_COMPLETED)
        finally:
            failed = [duty for duty in duties if duty.done()]
            for each in (*duties, end):
                each.cancel()
            await asyncio.gather(*duties, end, return_exceptions=True)
            self._threads.shutdown()
        for duty in failed:
            duty.result()

    async def _sweep(self, group: int) -> None:
        """Bring one group up to date, or as far as it comes in its time.

        A failure keeps the lease for a while, and frees what was held: it need not wait until nobody renews that.
        """
        if not self.trust():
            await pause(self.over, self.pace.look)
            return
        until = self.clock.now() + timedelta(seconds=self.pace.sweep)
        try:
            done = await self._elsewhere(self.site.sweep, Part(shards_of(group), until, ask_all=False))
            log.logger().debug("swept", group=group, decided=done.decided, delivered=done.delivered)
        except OlderFiles:
            self.over.set()  # whoever has other files than those in force lets the others work
        except Exception as error:  # noqa: BLE001  the worker outlives any one sweep
            why = log.reason(error)
            log.logger().error("sweep failed", group=group, why=why, exc_info=log.traceback_wanted())
            await pause(self.over, self.pace.rest)
            with suppress(StoreError):
                await self._elsewhere(self.site.give_up, shards_of(group))
        self.look.set()

    async def _watch(self) -> None:
        """Look what is due every so often, and soon after a sweep has ended: more may be."""
        while True:
            wake = await self._request()
            self.looked()
            due_in = (wake - self.clock.now()).total_seconds() if wake else 0.0
            await pause(self.look, min(due_in, self.pace.look) if due_in > 0 else self.pace.look)
            if self.look.is_set():
                self.look.clear()
                await asyncio.sleep(SETTLED)

    async def _request(self) -> datetime | None:
        """Ask for a lease of every group in which something is due; give when something will be where nothing is.

        While the clock cannot be trusted, nothing is.
        """
        if not self.trust():
            return None
        if self.trust.to_look:
            await self._elsewhere(self.site.ask_all)
            self.trust.to_look = False
        if monotonic() - self._taken_in > A_WHILE:
            await self._elsewhere(self.site.take_in)
            self._taken_in = monotonic()
        found = await self._elsewhere(self.site.survey)
        if found.shards:
            for group in {group_of(shard) for shard in found.shards} & await self.leases.free():
                await self.leases.ask(group)
        return found.wake

    async def _rescue(self) -> None:
        while True:
            await asyncio.sleep(self.pace.stale / 4)
            for lease in await self.leases.stale(self.pace.stale):
                await self._elsewhere(self.site.give_up, shards_of(lease.group))
                await self.leases.end(lease)
                log.logger().warning("lease of a silent worker ended", group=lease.group)
                self.look.set()

    async def _elsewhere(self, function: Callable[..., Thing], *arguments: object) -> Thing:
        """Do something slow in a thread of our own, since asyncio's few would soon be taken."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)


async def pause(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event for so long; unlike ``wait_for`` of Python 3.11 it never swallows a cancellation."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
