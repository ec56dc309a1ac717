"""The process is killed at every single point of every life, and the next one ends where an undisturbed one does.

Each test prints how many points there were; ``-rP`` shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest
import structlog

from agent.core.intents import Intent
from agent.services.desk import Desk
from agent.store import claims, intents, schema
from agent.store.engine import Transaction
from tests.crash.enumeration import Ended, each_case, some_pairs, undisturbed, unwound
from tests.crash.lives import LIVES, Life, nothing, pair

SEED = 20270301
PAIRS = 8
SHORTEST = Life((nothing,), pair)


@pytest.fixture(autouse=True)
def _silent() -> Iterator[None]:
    """Tens of thousands of lines would be most of the work."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("name", LIVES)
def test_killed_at_any_point_it_ends_where_an_undisturbed_one_does(tmp_path: Path, name: str) -> None:
    calm = undisturbed(tmp_path, LIVES[name])
    once, twice = list(each_case(calm)), list(some_pairs(calm, SEED, PAIRS))
    again, lost = sum(end.resent for end in once), sum(end.given_up for end in twice)
    print(f"{name}: {calm.points} points in {len(calm.cases)} cases, {again} mails came again;", end=" ")
    print(f"{len(twice)} pairs of points, {lost} mails given up after two of them")
    assert calm.points > 50
    assert not wrong(once)
    assert not wrong(twice)
    assert max(end.resent for end in once) <= 1


def test_what_unwinds_in_a_dying_process_changes_nothing(tmp_path: Path) -> None:
    """Its ``finally`` and ``with`` may run or not: here they run, at every point of a booking."""
    calm = undisturbed(tmp_path, SHORTEST)
    ends = list(unwound(calm, act=0))
    assert len(ends) == calm.points > 30
    assert not wrong(ends)


def wrong(ends: Sequence[Ended]) -> list[Ended]:
    return [end for end in ends if end.wrong][:3]


# That it can fail.


def test_intents_recorded_after_their_decision_are_found_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second transaction for what belongs into one."""
    later: list[tuple[Sequence[Intent], datetime]] = []
    turn, add = Desk._turn, intents.add

    def with_another_transaction(desk: Desk, done: Sequence[object]) -> bool:
        more = turn(desk, done)
        with desk.programme.store.begin() as tx:
            for wanted, now in later:
                add(tx, wanted, now)
        some = bool(later)
        later.clear()
        return more or some

    monkeypatch.setattr(Desk, "_turn", with_another_transaction)
    monkeypatch.setattr(intents, "add", lambda _tx, wanted, now: later.append((wanted, now)))
    assert "events" in found(tmp_path)


def test_a_begun_effect_that_is_taken_for_done_is_found_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever takes over believes that what was begun went through."""

    def believing(tx: Transaction, now: datetime) -> int:
        begun = schema.intents.c.status == intents.DOING
        done = {"status": intents.DONE, "lease_until": None, "finished_at": now}
        return tx.execute(schema.intents.update().where(begun).values(done)).rowcount

    monkeypatch.setattr(claims, "release", believing)
    assert "mails" in found(tmp_path)


def test_a_begun_effect_that_nobody_takes_over_is_found_stuck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "release", lambda _tx, _now: 0)
    assert "stuck" in found(tmp_path)


def found(home: Path) -> str:
    """What a bug that was planted leads to, in the shortest of lives."""
    calm = undisturbed(home, SHORTEST)
    return str([end.wrong for end in each_case(calm)])
