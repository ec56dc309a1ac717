"""Keeps so many worker processes going on one machine: starts one that died again, and ends all when it is ended."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from subprocess import Popen, TimeoutExpired
from time import monotonic

from agent import log
from agent.daemon.loop import Stop
from agent.daemon.notify import Notifier

SHORTEST, LONGEST = 1.0, 60.0
"""Seconds before a worker that died is started again: the first time, and at the most."""

GLANCE = 0.25
"""Seconds between two looks at the workers."""

GRACE = 80.0
"""Seconds for a worker to end what it is doing. Service managers give a service ninety."""

Start = Callable[[int], "Popen[bytes]"]
"""Starts the worker of this number, from 1."""


class Place:
    """One of the workers, again and again."""

    def __init__(self, number: int, start: Start) -> None:
        self.number = number
        self._start = start
        self._process: Popen[bytes] | None = None
        self._begun = self._due = monotonic()
        self._pause = SHORTEST

    def tend(self) -> None:
        """Start it, unless it runs or has died too recently; the pause grows until one has lived for a while."""
        now = monotonic()
        if self._process is not None and (code := self._process.poll()) is not None:
            self._process = None
            self._pause = SHORTEST if now - self._begun > LONGEST else self._pause
            self._due = now + self._pause
            log.logger().error("worker ended", worker=self.number, code=code, again_in=self._pause)
            self._pause = min(2 * self._pause, LONGEST)
        if self._process is None and now >= self._due:
            self._begun = now
            self._process = self._start(self.number)

    def tell(self, number: int) -> None:
        """Send it a signal, if it runs."""
        if self._process is not None:
            self._process.send_signal(number)

    def end(self, deadline: float) -> None:
        """Wait until it has ended; one that does not in time is killed: what it was doing counts as unknown."""
        if self._process is None:
            return
        try:
            self._process.wait(max(deadline - monotonic(), 0.0))
        except TimeoutExpired:
            log.logger().error("worker killed", worker=self.number)
            self._process.kill()
            self._process.wait()


def supervise(start: Start, count: int, *, stop: Stop, notifier: Notifier) -> None:
    """Keep this many workers going until asked to stop, then wait for them. SIGHUP is passed on; main thread only."""
    places = [Place(number, start) for number in range(1, count + 1)]
    signal.signal(signal.SIGHUP, lambda *_: _tell(places, signal.SIGHUP))
    log.logger().info("started", workers=count)
    notifier.send("READY=1", f"STATUS={count} workers")
    while not stop:
        for place in places:
            place.tend()
        notifier.send("WATCHDOG=1")
        stop.wait(GLANCE)
    notifier.send("STOPPING=1", "STATUS=stopping")
    _tell(places, signal.SIGTERM)
    deadline = monotonic() + GRACE
    for place in places:
        place.end(deadline)
    log.logger().info("stopped", workers=count)


def _tell(places: Sequence[Place], number: int) -> None:
    for place in places:
        place.tell(number)
