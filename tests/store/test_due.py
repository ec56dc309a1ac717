"""What workers lease: the shards with something to do, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.core.intents import Intent, IntentKind
from agent.store import calendars, claims, due, intents, relationships
from agent.store.engine import Store, open_store
from agent.store.shards import shard_of
from tests.factories import NOW

LEASE = timedelta(minutes=2)
LATER = NOW + timedelta(hours=1)
ONE, OTHER = "pair-1", "pair-2"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        yield from opened(f"sqlite:///{tmp_path / 'attune.db'}")
        return
    with request.getfixturevalue("postgresql_server").database() as url:
        yield from opened(url)


def opened(url: str) -> Iterator[Store]:
    store = open_store(url)
    store.upgrade()
    with store.begin() as tx:
        relationships.synchronise(tx, {ONE: "terms", OTHER: "terms"}, NOW)
        relationships.sleep(tx, ONE)
        relationships.sleep(tx, OTHER)
    yield store
    store.close()


def shards(store: Store) -> frozenset[int]:
    with store.look() as tx:
        return due.shards(tx, NOW)


def intent(relationship: str) -> Intent:
    return Intent(relationship, 1, 0, IntentKind.WRITE_EVENT, "mentor-1", NOW)


def test_those_asleep_cost_nothing(store: Store) -> None:
    assert shards(store) == frozenset()


def test_somebody_to_be_decided_is_due_unless_somebody_is_at_it(store: Store) -> None:
    with store.begin() as tx:
        relationships.wake(tx, [ONE], NOW)
        relationships.wake(tx, [OTHER], LATER)
    assert shards(store) == {shard_of(ONE)}
    with store.begin() as tx:
        relationships.claim(tx, NOW, LEASE, 10)
    assert shards(store) == frozenset()


def test_an_effect_is_due_unless_somebody_holds_its_relationship(store: Store) -> None:
    with store.begin() as tx:
        intents.add(tx, [intent(ONE), intent(OTHER)], NOW)
    assert shards(store) == {shard_of(ONE), shard_of(OTHER)}
    with store.begin() as tx:
        relationships.hold(tx, [ONE], NOW, LEASE)
    assert shards(store) == {shard_of(OTHER)}


def test_what_a_dead_worker_had_begun_is_due_once_its_lease_is_over(store: Store) -> None:
    with store.begin() as tx:
        intents.add(tx, [intent(ONE)], NOW)
        found = claims.due(tx, NOW, 10)
        relationships.hold(tx, [ONE], NOW, LEASE)
        claims.claim(tx, found, NOW, LEASE)
    assert shards(store) == frozenset()
    with store.look() as tx:
        assert due.shards(tx, NOW + LEASE) == {shard_of(ONE)}


def test_a_silent_worker_gives_up_what_it_held_but_not_what_it_had_begun(store: Store) -> None:
    """A write that is under way at a provider must have ended before anybody looks what became of it."""
    with store.begin() as tx:
        intents.add(tx, [intent(ONE)], NOW)
        relationships.wake(tx, [OTHER], NOW)
        found = claims.due(tx, NOW, 10)
        held = relationships.hold(tx, [ONE, OTHER], NOW, LEASE)
        claims.claim(tx, found, NOW, LEASE)
        assert relationships.give_up(tx, {shard_of(ONE), shard_of(OTHER)}) == 1
    assert shards(store) == {shard_of(OTHER)}
    with store.begin() as tx:
        (taken,) = relationships.claim(tx, NOW, LEASE, 10)
        assert taken.name == OTHER
        assert relationships.still_held(tx, held) == {ONE}


def test_only_those_shards_are_given_up(store: Store) -> None:
    with store.begin() as tx:
        relationships.hold(tx, [ONE, OTHER], NOW, LEASE)
        assert relationships.give_up(tx, {shard_of(ONE)}) == 1


def test_a_calendar_to_be_asked_is_due(store: Store) -> None:
    with store.begin() as tx:
        calendars.synchronise(tx, {"mentor-1": 1}, NOW)
    assert shards(store) == {shard_of("mentor-1")}
    with store.begin() as tx:
        calendars.claim(tx, NOW, LATER, 10)
    assert shards(store) == frozenset()


def test_a_claim_of_a_clock_that_was_put_back_hides_nothing(store: Store) -> None:
    with store.begin() as tx:
        intents.add(tx, [intent(ONE)], NOW)
        relationships.hold(tx, [ONE], LATER + timedelta(days=1), LEASE)
    assert shards(store) == {shard_of(ONE)}
