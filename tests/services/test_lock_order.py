"""Desks of several workers write the same rows at the same time, and none waits for another who waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from agent.services.consider import Considered, consider
from agent.services.desk import LEASE, Desk
from agent.services.keep_health import Note
from agent.services.lanes import Lanes
from agent.services.notice import Asked
from agent.services.observe import Observer
from agent.services.part import Part
from agent.services.sweep import sweep
from agent.services.take_in import take_in
from agent.store import calendars, engagements, relationships
from agent.store.engine import Store, open_store
from agent.store.errors import StoreContended
from tests import checks, factories
from tests.services.stage import NOON, Stage
from tests.store.postgresql import Server


class Shared(Stage):
    """A stage whose store serves many."""

    url = ""

    def reopened(self) -> Store:
        return open_store(self.url)


@pytest.fixture
def stage(tmp_path: Path, postgresql_server: Server) -> Iterator[Stage]:
    """Two pairs, and two that cross them: everybody is in two."""
    people = {name: factories.person(name) for name in ("mentor-1", "mentor-2", "mentee-1", "mentee-2")}
    policy = factories.policy(notice=timedelta(hours=24))
    together = [("mentor-1", "mentee-1"), ("mentor-2", "mentee-2"), ("mentor-1", "mentee-2"), ("mentor-2", "mentee-1")]
    pairs = [
        replace(factories.pair(people[a], people[b], policy=policy, starts=NOON + timedelta(days=10)), id=f"pair-{n}")
        for n, (a, b) in enumerate(together, 1)
    ]
    with postgresql_server.database() as url:
        Shared.url = url
        staged = Shared(tmp_path, pairs)
        take_in(staged.programme(), NOON)
        yield staged
        assert not checks.refusals()
        staged.store.close()


def slowly(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Give the other desk time to come as far between two of these."""
    real = getattr(module, name)

    def slow(*given: Any) -> Any:
        result = real(*given)
        time.sleep(0.3)
        return result

    monkeypatch.setattr(module, name, slow)


def at_once(stage: Stage, *finished: tuple[list[object], list[Note]]) -> None:
    """Several desks write down what has finished. Raises what one of them ends in."""
    together = Barrier(len(finished))

    def commit(done: list[object], notes: list[Note]) -> None:
        desk = Desk(stage.programme(), Part(until=NOON), Lanes(1))
        together.wait()
        desk._commit(done, notes, NOON)

    with ThreadPoolExecutor() as threads:
        for each in [threads.submit(commit, *each) for each in finished]:
            each.result()


def asked(*people: str) -> list[object]:
    return [Asked(person, 0, NOON, f"new token {person}") for person in people]


def test_those_who_are_woken_are_locked_in_one_order(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    slowly(monkeypatch, relationships, "wake")
    at_once(stage, (asked("mentor-1", "mentor-2"), []), (asked("mentor-2", "mentor-1"), []))


def test_so_are_calendars(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    slowly(monkeypatch, calendars, "put_health")
    notes = [Note("mentor-1", 0, "Temporary")]
    at_once(stage, (asked("mentee-1"), [Note("mentee-2", 0, "Temporary")]), (asked("mentee-2"), [Note("mentee-1", 0)]))
    at_once(stage, (asked("mentee-1"), notes), (asked("mentee-2", "mentor-1"), []))


def test_so_is_what_people_have_booked(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    with stage.store.begin() as tx:
        held = {each.name: each for each in relationships.claim(tx, NOON, LEASE, 9)}
    programme = stage.programme()
    decided = {name: consider(programme, Observer(programme, NOON), each, NOON) for name, each in held.items()}
    assert all(isinstance(each, Considered) for each in decided.values())
    slowly(monkeypatch, engagements, "change")
    at_once(stage, ([decided["pair-1"], decided["pair-3"]], []), ([decided["pair-2"], decided["pair-4"]], []))


def contended(monkeypatch: pytest.MonkeyPatch, times: int) -> list[object]:
    """Let this many attempts to record a decision get in somebody's way."""
    refused: list[object] = []
    real: Callable[..., Any] = Desk._commit

    def commit(desk: Desk, done: Any, *more: Any) -> Any:
        if len(refused) < times and any(isinstance(each, Considered) for each in done):
            refused.append(done)
            raise StoreContended("another worker was in the way")
        return real(desk, done, *more)

    monkeypatch.setattr(Desk, "_commit", commit)
    return refused


def test_a_decision_that_got_in_somebodys_way_is_recorded_all_the_same(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = contended(monkeypatch, 3)
    assert sweep(stage.programme()).decided >= 4
    assert len(refused) == 3
