"""The pulse: a loop that hangs is told from one that rests, works or fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from agent.daemon.pulse import Pulse
from agent.services.part import Swept


@dataclass
class Seconds:
    """A clock that stands where it is put."""

    at: float = 1000

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def pulse(seconds: Seconds) -> Pulse:
    return Pulse(timedelta(minutes=5), seconds)


def test_a_loop_that_has_not_swept_yet_is_alive_for_a_while_and_not_ready(pulse: Pulse, seconds: Seconds) -> None:
    assert pulse.alive
    assert not pulse.swept
    seconds.at += 901
    assert not pulse.alive


def test_a_sweep_is_a_sign_of_life_for_three_times_its_interval(pulse: Pulse, seconds: Seconds) -> None:
    seconds.at += 800
    pulse.around(Swept)
    assert pulse.swept
    seconds.at += 900
    assert pulse.alive
    seconds.at += 1
    assert not pulse.alive


def test_a_sweep_under_way_is_a_sign_of_life_until_it_takes_too_long(pulse: Pulse, seconds: Seconds) -> None:
    felt: list[bool] = []

    def sweep() -> Swept:
        for _ in range(2):
            seconds.at += 600
            felt.append(pulse.alive)
        return Swept()

    seconds.at += 800
    pulse.around(sweep)
    assert felt == [True, False]
    assert pulse.alive


def test_a_sweep_that_fails_is_a_sign_of_life_and_makes_nothing_ready(pulse: Pulse, seconds: Seconds) -> None:
    """A database that is away for an hour is no reason to restart the daemon again and again."""

    def sweep() -> Swept:
        raise RuntimeError("the disk is full")

    seconds.at += 901
    with pytest.raises(RuntimeError):
        pulse.around(sweep)
    assert pulse.alive
    assert not pulse.swept


def test_a_worker_that_finds_all_done_by_others_is_alive_and_ready(pulse: Pulse, seconds: Seconds) -> None:
    seconds.at += 901
    pulse.beat()
    assert pulse.alive
    assert pulse.swept
