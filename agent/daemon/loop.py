"""The long-running process: a sweep, a rest, and a stop between two effects when asked to."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from types import FrameType

from agent import log
from agent.clock import FAR_AHEAD, Clock, Leaps
from agent.daemon.notify import Notifier
from agent.services.part import Swept


class Stop:
    """Set by SIGTERM and SIGINT. Whoever works asks it between two effects; whoever rests is woken by it.

    SIGHUP ends a rest and nothing else: look at the files, and at the world, now.
    """

    def __init__(self) -> None:
        self._asked = False
        self._to_look = True
        self._awake = threading.Event()

    def listen(self) -> None:
        """Take over the three signals; main thread only."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._handle)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        self._asked = self._asked or number != signal.SIGHUP
        self._to_look = self._to_look or number == signal.SIGHUP
        self._awake.set()

    def set(self) -> None:
        """Ask for a stop from within."""
        self._asked = True
        self._awake.set()

    def __bool__(self) -> bool:
        return self._asked

    def asked_to_look(self) -> bool:
        """Whether to look at the world whatever is due: the first time, and once after each SIGHUP."""
        wanted, self._to_look = self._to_look, False
        return wanted

    def look(self) -> None:
        """Ask to look at the world at the next turn, whatever is due."""
        self._to_look = True

    def wait(self, seconds: float) -> None:
        """Rest this long, or until a signal comes."""
        self._awake.wait(seconds)
        self._awake.clear()


def run(
    sweep: Callable[[], Swept],
    next_wake: Callable[[], datetime | None],
    *,
    every: timedelta,
    clock: Clock,
    stop: Stop,
    notifier: Notifier,
) -> None:
    """Sweep until asked to stop: at least every so often, and earlier where something is due earlier.

    A sweep that fails (the store or the files are out of reach, say) is logged and tried again at the next turn. Where
    the clock was set, everything is looked at; where it was set far ahead, it has one interval to be put right first.
    """
    leaps = Leaps(clock)
    notifier.send("READY=1", "STATUS=first sweep")
    log.logger().info("started")
    while not stop:
        if leap := leaps.since():
            log.logger().warning("the clock was set", seconds=round(leap.total_seconds()))
            stop.look()
        if leap >= FAR_AHEAD:
            stop.wait(every.total_seconds())
            continue
        wake: datetime | None = None
        try:
            done = sweep()
            wake = next_wake()
            log.logger().debug("swept", changed=done.changed, decided=done.decided, delivered=done.delivered)
        except Exception as error:  # noqa: BLE001  the daemon outlives any one sweep
            log.logger().error("sweep failed", why=log.reason(error), exc_info=log.traceback_wanted())
        if stop:
            break
        rest = _rest(clock.now(), wake, every)
        notifier.send("WATCHDOG=1", f"STATUS=resting {int(rest)} s")
        stop.wait(rest)
    notifier.send("STOPPING=1", "STATUS=stopped")
    log.logger().info("stopped")


def _rest(now: datetime, wake: datetime | None, every: timedelta) -> float:
    """Seconds to rest: at least one, so that nothing due for ever can make the loop spin."""
    until = every if wake is None else min(every, wake - now)
    return max(until.total_seconds(), 1.0)
