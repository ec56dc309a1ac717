"""What a process keeps of its allowances: fetched ahead, used up, and let go of where a provider wants a pause."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.clock import RehearsalClock
from agent.services.limits import AT_ONCE, Limits
from agent.store.engine import Store
from agent.store.quotas import Rate
from connectors.errors import RateLimited
from tests.factories import NOW
from tests.store.opened import upgraded

RATE = Rate(3 * AT_ONCE)
SCOPE = "server"
PAUSE = timedelta(minutes=7)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with upgraded(f"sqlite:///{tmp_path}/attune.db") as opened:
        yield opened


def wait(limits: Limits) -> timedelta:
    with pytest.raises(RateLimited) as refused:
        limits.allow(SCOPE, RATE)
    return refused.value.retry_after


def test_so_many_calls_are_allowed_as_there_are_whoever_makes_them(store: Store) -> None:
    clock = RehearsalClock(NOW)
    one, other = Limits(store, clock), Limits(store, clock)
    for limits in (one, other, one):
        for _ in range(AT_ONCE):
            limits.allow(SCOPE, RATE)
    left = wait(one)
    assert timedelta(seconds=20) <= left < timedelta(seconds=21)
    assert wait(other) == left
    clock.instant += left
    other.allow(SCOPE, RATE)
    one.allow("another", RATE)


def test_a_pause_ends_what_was_fetched_ahead(store: Store) -> None:
    clock = RehearsalClock(NOW)
    limits = Limits(store, clock)
    limits.allow(SCOPE, RATE)
    limits.close(SCOPE, RATE, PAUSE)
    assert wait(limits) == wait(Limits(store, clock)) == PAUSE
    clock.instant += PAUSE
    limits.allow(SCOPE, RATE)
