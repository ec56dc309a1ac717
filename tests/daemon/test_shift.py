"""One stretch of a worker's time, with leases held in memory: what it asks for, does, and outlives."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from agent.clock import Clock, SystemClock
from agent.daemon.shift import Pace, Shift, Site
from agent.daemon.trust import Trust
from agent.services.edition import OlderFiles
from agent.services.part import Part, Swept
from agent.services.survey import Survey
from agent.store.errors import StoreUnavailable
from agent.store.leases import GROUPS, Leases, Stale, group_of, shards_of
from agent.store.shards import SHARDS

QUICK = Pace(look=0.02, sign=0.02, stale=0.04, sweep=1.0, rest=0.01, settle=0.5)


@dataclass
class MemoryLeases:
    """Leases of one worker that nobody else wants; ``silent`` are held by somebody who is dead."""

    silent: set[int] = field(default_factory=set)
    asked: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    _there: set[int] = field(default_factory=set)
    _queue: asyncio.Queue[int] = field(default_factory=asyncio.Queue)

    async def take(self, work: Callable[[int], Awaitable[None]], **_: Any) -> None:
        while True:
            group = await self._queue.get()
            await work(group)
            self._there.discard(group)

    async def free(self) -> set[int]:
        return set(range(GROUPS)) - self._there - self.silent

    async def ask(self, group: int) -> None:
        self.asked.append(group)
        self._there.add(group)
        self._queue.put_nowait(group)

    async def stale(self, _seconds: float) -> list[Stale]:
        return [Stale(group, cast("Any", None)) for group in sorted(self.silent)]

    async def end(self, lease: Stale) -> None:
        self.silent.discard(lease.group)
        self.ended.append(lease.group)


@dataclass
class Yard:
    """What there is to do: some shards are due until they are swept so often."""

    due: dict[int, int]
    swept: list[frozenset[int]] = field(default_factory=list)
    given_up: list[frozenset[int]] = field(default_factory=list)
    taken_in: int = 0
    asked: int = 0
    looks: int = 0
    fails: bool = False

    def site(self) -> Site:
        return Site(self.sweep, self.survey, self.given_up.append, self.take_in, self.ask_all, bool, lambda: None)

    def sweep(self, part: Part) -> Swept:
        assert part.shards is not None
        assert not part.ask_all
        self.swept.append(frozenset(part.shards))
        if self.fails:
            raise RuntimeError("the provider answers nonsense")
        for shard in part.shards & self.due.keys():
            self.due[shard] -= 1
        return Swept(decided=1)

    def survey(self) -> Survey:
        self.looks += 1
        return Survey(frozenset(shard for shard, times in self.due.items() if times > 0))

    def take_in(self) -> None:
        self.taken_in += 1

    def ask_all(self) -> None:
        self.asked += 1


def work(
    yard: Yard,
    leases: MemoryLeases,
    enough: Callable[[], bool],
    site: Site | None = None,
    clock: Clock | None = None,
) -> None:
    """Run a shift until there was enough of it."""

    async def shift() -> None:
        over = asyncio.Event()

        def looked() -> None:
            if enough():
                over.set()

        held, going_by = cast("Leases", leases), clock or SystemClock()
        trust = Trust(going_by, QUICK.settle)
        await Shift(site or yard.site(), held, going_by, trust, QUICK, over, asyncio.Event(), looked).run()

    asyncio.run(asyncio.wait_for(shift(), 10))


def test_every_shard_is_in_one_group() -> None:
    groups = [shards_of(group) for group in range(GROUPS)]
    assert sorted(shard for group in groups for shard in group) == list(range(SHARDS))
    assert all(shard in groups[group_of(shard)] for shard in range(SHARDS))


def test_only_what_is_due_is_leased_and_again_where_more_is() -> None:
    yard, leases = Yard({3: 1, 3 + GROUPS: 2, 5: 1}), MemoryLeases()
    work(yard, leases, lambda: max(yard.due.values()) <= 0)
    assert sorted(leases.asked) == [3, 3, 5]
    assert yard.swept.count(shards_of(3)) == 2
    assert yard.taken_in == 1


def test_where_nothing_is_due_nothing_is_leased() -> None:
    yard, leases = Yard({}), MemoryLeases()
    work(yard, leases, lambda: yard.looks >= 3)
    assert leases.asked == []


def test_it_looks_again_when_the_next_is_due() -> None:
    """What becomes due need not wait for the next regular look."""
    moments = []

    def survey() -> Survey:
        moments.append(SystemClock().now())
        return Survey(frozenset(), moments[0] + timedelta(milliseconds=10))

    yard = Yard({})
    site = Site(yard.sweep, survey, yard.given_up.append, yard.take_in, yard.ask_all, bool, lambda: None)
    work(yard, MemoryLeases(), lambda: len(moments) >= 3, site)
    assert moments[1] - moments[0] < timedelta(seconds=QUICK.look)
    assert moments[2] - moments[1] >= timedelta(seconds=QUICK.look * 0.9)


def test_a_sweep_that_fails_ends_neither_the_shift_nor_the_others() -> None:
    yard, leases = Yard({3: 1, 5: 1}, fails=True), MemoryLeases()
    work(yard, leases, lambda: len(yard.swept) >= 4)
    assert {shards_of(3), shards_of(5)} <= set(yard.swept)
    assert {shards_of(3), shards_of(5)} == set(yard.given_up)


def test_whoever_has_older_files_ends_the_shift_and_lets_the_others_work() -> None:
    yard, leases = Yard({3: 1}), MemoryLeases()

    def sweep(_part: Part) -> Swept:
        raise OlderFiles("this machine has other files")

    work(yard, leases, bool, replace(yard.site(), sweep=sweep))
    assert leases.asked == [3]


def test_a_silent_worker_loses_its_claims_before_its_lease() -> None:
    """The other way round somebody else might lose theirs."""
    yard, leases = Yard({3: 1}), MemoryLeases({3, 5})
    work(yard, leases, lambda: yard.due[3] <= 0)
    assert leases.ended == [3, 5]
    assert yard.given_up == [shards_of(3), shards_of(5)]


def test_a_store_that_cannot_be_reached_ends_the_shift() -> None:
    def survey() -> Survey:
        raise StoreUnavailable("gone")

    yard = Yard({})
    site = Site(yard.sweep, survey, yard.given_up.append, yard.take_in, yard.ask_all, bool, lambda: None)
    with pytest.raises(StoreUnavailable):
        work(yard, MemoryLeases(), bool, site)


class Wrong(SystemClock):
    """A machine's clock that somebody sets."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_that_was_set_has_everything_looked_at_and_far_ahead_a_while_to_be_put_right(days: int) -> None:
    clock, yard, set_at = Wrong(), Yard({}), list[float]()

    def survey() -> Survey:
        if not set_at and yard.looks == 3:
            clock.ahead = timedelta(days=days)
            set_at.append(clock.steady())
            return Survey(frozenset())
        if set_at:
            yard.due.setdefault(3, 1)
        return Yard.survey(yard)

    begun = list[float]()

    def sweep(part: Part) -> Swept:
        begun.append(clock.steady())
        return yard.sweep(part)

    site = replace(yard.site(), survey=survey, sweep=sweep)
    work(yard, MemoryLeases(), lambda: bool(begun), site, clock)
    assert yard.asked == 2, "once at the start, once more now"
    assert (begun[0] - set_at[0] >= QUICK.settle) == (days > 0)


def test_a_clock_that_was_put_right_is_gone_by_at_once() -> None:
    clock = Wrong()
    trust = Trust(clock, 1000)
    clock.ahead = timedelta(days=1)
    assert not trust()
    assert not trust()
    clock.ahead = timedelta()
    assert trust()
