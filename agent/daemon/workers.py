"""One of several workers on one store: shift after shift, until asked to stop. A shift ends when the files change."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os import getppid
from time import monotonic
from typing import Any

from agent import log
from agent.clock import Clock
from agent.daemon import shift
from agent.daemon.loop import Stop
from agent.daemon.notify import Notifier
from agent.daemon.shift import Pace, Shift, Site
from agent.daemon.trust import Trust
from agent.store import lease_tables, leases
from agent.store.engine import Store
from agent.store.errors import StoreBusy

SHORTEST, LONGEST = 0.5, 30.0
"""Seconds to wait after one failed shift, and after many in a row."""


@dataclass
class Worker:
    """What goes on from one shift to the next.

    ``alive`` is called after every look; ``orphaned`` says whether whoever had started it is gone.
    """

    site: Site
    store: Store
    clock: Clock
    stop: Stop
    notifier: Notifier
    alive: Callable[[], None]
    orphaned: Callable[[], bool] = bool
    pace: Pace = field(default_factory=Pace)
    _trust: Trust = field(init=False)
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    _look: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._trust = Trust(self.clock, self.pace.settle)

    def work(self) -> None:
        """Work until asked to stop by a signal; main thread only. Raises ``StoreBusy`` where somebody works alone."""
        lease_tables.ensure(self.store)
        _relay()
        asyncio.run(self._work())

    async def _work(self) -> None:
        self._listen()
        self.notifier.send("READY=1", "STATUS=at work")
        log.logger().info("started")
        pause, said = SHORTEST, ""
        while not self.stop:
            self._over.clear()
            begun = monotonic()
            try:
                self.site.refresh()
                await self._shift()
            except StoreBusy:
                raise
            except Exception as error:  # noqa: BLE001  a worker outlives any one shift
                pause, said = (SHORTEST, "") if monotonic() - begun > LONGEST else (pause, said)
                if said != (said := log.reason(error)):
                    log.logger().error("shift broken off", why=said, exc_info=log.traceback_wanted())
                self.notifier.send("WATCHDOG=1")
                await shift.pause(self._over, pause)
                pause = min(2 * pause, LONGEST)
        self.notifier.send("STOPPING=1", "STATUS=stopped")
        log.logger().info("stopped")

    async def _shift(self) -> None:
        with self.store.shared():
            if self._trust():
                self.site.take_in()
            async with leases.opened(self.store) as held:
                until = self._over, self._look, self._looked
                await Shift(self.site, held, self.clock, self._trust, self.pace, *until).run()

    def _looked(self) -> None:
        self.alive()
        self.notifier.send("WATCHDOG=1")
        if self.orphaned():
            self._end()
        if self.site.changed():
            self._over.set()

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_leftover)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._end)
        loop.add_signal_handler(signal.SIGHUP, self._look.set)

    def _end(self) -> None:
        self.stop.set()
        self._over.set()


def orphaned(keeper: int) -> Callable[[], bool]:
    """Give a test whether the process that had started a worker is gone; 0 is nobody in particular."""
    return lambda: keeper > 0 and getppid() != keeper


def _leftover(_loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """Note what nobody waited for: as a rule, the end of a lease that another worker has ended already."""
    log.logger().debug("left over", why=type(context.get("exception")).__name__)


class _Relay(logging.Handler):
    """Says in our log what the libraries take for an error."""

    def emit(self, record: logging.LogRecord) -> None:
        log.logger().warning("leases", said=record.getMessage().partition("\n")[0])


def _relay() -> None:
    for name in ("procrastinate", "psycopg.pool"):
        library = logging.getLogger(name)
        library.setLevel(logging.ERROR)
        library.propagate = False
        library.handlers = [_Relay()]
