"""The daemon: it sweeps on time, outlives a failing sweep, stops at once and says where it is."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from agent.clock import RehearsalClock
from agent.daemon.loop import Stop, run
from agent.daemon.notify import Notifier
from agent.services.part import Swept
from agent.store.errors import StoreUnavailable

NOW = datetime(2027, 2, 22, 9, tzinfo=UTC)


class RecordingStop(Stop):
    """Notes how long the loop meant to rest, and stops it after some rests."""

    def __init__(self, turns: int) -> None:
        super().__init__()
        self.rests: list[float] = []
        self._turns = turns

    def wait(self, seconds: float) -> None:
        self.rests.append(seconds)
        if len(self.rests) >= self._turns:
            self.set()


def _run(
    stop: Stop,
    sweep: Callable[[], Swept] = Swept,
    next_wake: Callable[[], datetime | None] = lambda: None,
    notifier: Notifier | None = None,
) -> None:
    clock = RehearsalClock(NOW)
    run(sweep, next_wake, every=timedelta(minutes=5), clock=clock, stop=stop, notifier=notifier or Notifier(None))


def test_rests_until_the_next_sweep() -> None:
    stop = RecordingStop(2)
    _run(stop)
    assert stop.rests == [300, 300]


@pytest.mark.parametrize(("due_in", "rest"), [(42, 42), (0, 1), (-3600, 1), (86400, 300)])
def test_wakes_earlier_for_what_is_due_earlier_but_never_spins(due_in: int, rest: int) -> None:
    stop = RecordingStop(1)
    _run(stop, next_wake=lambda: NOW + timedelta(seconds=due_in))
    assert stop.rests == [rest]


def test_a_failing_sweep_does_not_end_the_daemon() -> None:
    calls = []

    def sweep() -> Swept:
        calls.append(1)
        raise RuntimeError("the disk is full")

    _run(RecordingStop(3), sweep=sweep)
    assert len(calls) == 3


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (
            StoreUnavailable("the database cannot be used (database is locked)"),
            "StoreUnavailable: the database cannot be",
        ),
        (ValueError("mentor-1 goes to the dentist"), "ValueError"),
    ],
    ids=["ours", "another's"],
)
def test_why_a_sweep_failed_is_told_and_nothing_of_what_others_say(error: Exception, why: str) -> None:
    def sweep() -> Swept:
        raise error

    with capture_logs() as lines:
        _run(RecordingStop(1), sweep=sweep)
    (told,) = (line for line in lines if line["event"] == "sweep failed")
    assert told["why"].startswith(why)
    assert "dentist" not in str(told)


class SetClock(RehearsalClock):
    """A clock that somebody has set to another time once its first sweep is done."""

    def __init__(self, by: timedelta) -> None:
        super().__init__(NOW)
        self.by = by

    def steady(self) -> float:
        return 0.0

    def swept(self) -> Swept:
        self.instant, self.by = self.instant + self.by, timedelta()
        return Swept()


@pytest.mark.parametrize(
    ("by", "sweeps", "looks"), [("0 s", 4, False), ("40 s", 4, False), ("-1 day", 4, True), ("1 day", 3, True)]
)
def test_a_clock_that_was_set_is_noticed_and_one_far_ahead_is_given_time(by: str, sweeps: int, looks: bool) -> None:
    """A mail that went out a day too early cannot be taken back."""
    clock = SetClock(
        {"0 s": timedelta(), "40 s": timedelta(seconds=40), "1 day": timedelta(1), "-1 day": -timedelta(1)}[by]
    )
    stop, looked = RecordingStop(4), []

    def sweep() -> Swept:
        looked.append(stop.asked_to_look())
        return clock.swept()

    run(sweep, lambda: None, every=timedelta(minutes=5), clock=clock, stop=stop, notifier=Notifier(None))
    assert len(looked) == sweeps
    assert looked == [True, looks, *[False] * (sweeps - 2)]
    assert stop.rests[-1] == 300


def test_a_stop_during_a_sweep_ends_the_loop_without_a_rest() -> None:
    stop = RecordingStop(99)

    def sweep() -> Swept:
        stop.set()
        return Swept()

    _run(stop, sweep=sweep)
    assert stop.rests == []


@pytest.fixture
def listening() -> Iterator[Stop]:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    stop = Stop()
    stop.listen()
    yield stop
    for number, handler in before.items():
        signal.signal(number, handler)


def test_sigterm_asks_for_a_stop_and_ends_a_rest_at_once(listening: Stop) -> None:
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGTERM)).start()
    listening.wait(60)
    assert listening


def test_sighup_ends_a_rest_and_asks_for_no_stop(listening: Stop) -> None:
    """Whoever has changed the files need not wait for the next sweep."""
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGHUP)).start()
    listening.wait(60)
    assert not listening


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(5)
        yield listener


def test_tells_systemd_that_it_is_ready_and_that_it_stops(manager: socket.socket) -> None:
    _run(RecordingStop(1), notifier=Notifier(manager.getsockname()))
    said = [manager.recv(1000).decode() for _ in range(3)]
    assert said[0].startswith("READY=1")
    assert "WATCHDOG=1" in said[1]
    assert said[2].startswith("STOPPING=1")


def test_a_service_manager_that_is_gone_is_no_reason_to_stop(tmp_path: Path) -> None:
    stop = RecordingStop(1)
    _run(stop, notifier=Notifier(str(tmp_path / "nobody")))
    assert stop.rests
