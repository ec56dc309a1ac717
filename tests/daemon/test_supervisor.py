"""Whoever keeps several workers going: starts the dead again, patiently, and leaves nobody behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from subprocess import PIPE, Popen

import pytest

from agent.daemon import supervisor
from agent.daemon.loop import Stop
from agent.daemon.notify import Notifier
from agent.daemon.supervisor import Place, supervise

WORKS = "import signal; signal.pause()"
IS_DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); signal.pause()"
NOTES_HANGUPS = (
    "import signal, sys; signal.signal(signal.SIGHUP, lambda *_: sys.exit(7)); print(flush=True); signal.pause()"
)


def python(code: str) -> Popen[bytes]:
    return Popen([sys.executable, "-S", "-c", code], stdout=PIPE)


class Yard:
    """Starts processes and remembers them."""

    def __init__(self) -> None:
        self.code = WORKS
        self.started: list[tuple[int, Popen[bytes]]] = []

    def __call__(self, number: int) -> Popen[bytes]:
        process = python(self.code)
        self.started.append((number, process))
        return process

    def until(self, count: int) -> None:
        deadline = time.monotonic() + 20
        while len(self.started) < count and time.monotonic() < deadline:
            time.sleep(0.02)

    def ready(self) -> Popen[bytes]:
        """Wait for the first to say that it listens to signals."""
        self.until(1)
        process = self.started[0][1]
        assert process.stdout is not None
        process.stdout.readline()
        return process


@pytest.fixture
def yard() -> Iterator[Yard]:
    before, made = signal.getsignal(signal.SIGHUP), Yard()
    yield made
    signal.signal(signal.SIGHUP, before)
    for _, process in made.started:
        with process:
            process.kill()


def test_a_worker_that_dies_is_started_again_and_all_end_with_their_keeper(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "SHORTEST", 0.05)
    stop = Stop()

    def act() -> None:
        yard.until(2)
        yard.started[0][1].kill()
        yard.until(3)
        stop.set()

    thread = threading.Thread(target=act)
    thread.start()
    supervise(yard, 2, stop=stop, notifier=Notifier(None))
    thread.join()
    assert [number for number, _ in yard.started] == [1, 2, 1]
    assert [process.poll() for _, process in yard.started] == [-signal.SIGKILL, -signal.SIGTERM, -signal.SIGTERM]


def test_a_hangup_is_passed_on(yard: Yard) -> None:
    """A reload of the service reaches those who read the files."""
    yard.code, stop = NOTES_HANGUPS, Stop()

    def act() -> None:
        process = yard.ready()
        os.kill(os.getpid(), signal.SIGHUP)
        process.wait()
        stop.set()

    thread = threading.Thread(target=act)
    thread.start()
    supervise(yard, 1, stop=stop, notifier=Notifier(None))
    thread.join()
    assert yard.started[0][1].poll() == 7


def test_a_worker_that_does_not_end_in_time_is_killed(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    """A frozen worker does not keep a machine from going down."""
    monkeypatch.setattr(supervisor, "GRACE", 0.3)
    yard.code, stop = IS_DEAF, Stop()

    def act() -> None:
        yard.ready()
        stop.set()

    thread = threading.Thread(target=act)
    thread.start()
    supervise(yard, 1, stop=stop, notifier=Notifier(None))
    thread.join()
    assert yard.started[0][1].poll() == -signal.SIGKILL


class Dead:
    """A process that has ended as soon as it was started."""

    def poll(self) -> int:
        return 1


def test_the_pause_grows_while_a_worker_dies_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that cannot start, for a database that is down, does not burn the machine."""
    now, starts = 0.0, list[float]()
    monkeypatch.setattr(supervisor, "monotonic", lambda: now)

    def start(_number: int) -> Popen[bytes]:
        starts.append(now)
        return Dead()  # type: ignore[return-value]  # all that is asked of it

    place = Place(1, start)
    while now < 300:
        place.tend()
        now += 0.25
    gaps = [round(later - earlier, 1) for earlier, later in pairwise(starts)]
    assert gaps[0] <= 1.5
    assert gaps == sorted(gaps)
    assert max(gaps) <= supervisor.LONGEST + 1
    assert len(starts) < 12
