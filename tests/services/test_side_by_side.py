"""Many at work at once: nobody is booked twice, nobody waits for a slow one, and no row stops the others."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Event
from typing import Any

import pytest
import sqlalchemy as sa

from agent.clock import RehearsalClock
from agent.core.decide import decide
from agent.core.observation import Answer
from agent.core.timespan import DAY, Span, floor_minute
from agent.services import notice
from agent.services.deliver import Carried
from agent.services.desk import LEASE, Desk
from agent.services.part import Part
from agent.services.sweep import ask_all, next_sweep, sweep
from agent.services.take_in import take_in
from agent.store import agenda, relationships, schema
from agent.store.errors import StoreUnavailable
from connectors.errors import RateLimited
from connectors.guard import Gate, Server, guarded
from tests import factories
from tests.services.stage import NOON, Stage

MENTEES = [f"mentee-{number}" for number in range(1, 9)]


def crowd(home: Path) -> Stage:
    """A mentor with eight mentees, all of whose meetings are due at once."""
    mentor = factories.person("mentor-1")
    policy = factories.policy(notice=timedelta(hours=24))
    pairs = [
        replace(
            factories.pair(mentor, factories.person(name), policy=policy, starts=NOON + timedelta(days=10)), id=name
        )
        for name in MENTEES
    ]
    return Stage(home, pairs)


def many(stage: Stage, threads: int = 8) -> Any:
    """The programme with so many lanes, each calendar behind its gate as it is in a deployment."""
    programme = stage.programme()
    server = Server("server", threads, stage.clock.now)
    calendars = {
        name: tuple(guarded(each, Gate(server, lambda: None, lambda _pause: None)) for each in owned)
        for name, owned in programme.calendars.items()
    }
    return replace(programme, calendars=calendars, threads=threads)


def test_one_person_is_never_booked_twice_by_those_who_decide_at_the_same_time(tmp_path: Path) -> None:
    stage = crowd(tmp_path)
    swept = sweep(many(stage))
    booked = [stage.booked(name) for name in MENTEES]
    assert not any(one.touches(other) for one, other in combinations(booked, 2))
    assert set(stage.events("mentor-1").values()) == set(booked)
    assert (swept.set_aside, swept.delivered) == (0, 4 * len(MENTEES))
    assert all(len(stage.mails(name, "invitation")) == 1 for name in MENTEES)
    assert Counter(line.event for line in stage.journal())["booked"] == len(MENTEES)


def test_nor_by_those_who_move_at_the_same_time(tmp_path: Path) -> None:
    stage = crowd(tmp_path)
    sweep(many(stage))
    for name in MENTEES:
        stage.calendars[name].answer(stage.uid(name=name), Answer.DECLINED)
    sweep(many(stage))
    booked = [stage.booked(name) for name in MENTEES]
    assert not any(one.touches(other) for one, other in combinations(booked, 2))
    assert all(len(stage.mails(name, "moved")) == 1 for name in MENTEES)


def test_everybody_who_meets_somebody_is_woken_by_what_they_change(tmp_path: Path) -> None:
    stage = crowd(tmp_path)
    stage.sweep()
    while stage.sweep().decided:
        continue  # our own writes are changes, too
    for name in MENTEES:
        stage.calendars["mentor-1"].delete(stage.uid(name=name))
    stage.sweep()
    assert Counter(line.event for line in stage.journal())["cancelled"] == len(MENTEES)


def test_slow_steps_really_go_on_at_the_same_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = crowd(tmp_path)
    together = Barrier(4)

    def meets(name: str) -> Any:
        real = stage.calendars[name].create

        def create(*arguments: Any) -> Any:
            together.wait(timeout=20)
            return real(*arguments)

        return create

    for name in MENTEES:
        monkeypatch.setattr(stage.calendars[name], "create", meets(name))
    sweep(many(stage, threads=4))
    assert [len(stage.events(name)) for name in MENTEES] == [1] * 8
    with pytest.raises(BrokenBarrierError):
        together.wait(timeout=0.01)


def test_a_row_that_nobody_can_read_is_set_aside_and_the_others_go_on(tmp_path: Path) -> None:
    stage = crowd(tmp_path)
    stage.decide()
    with stage.store.begin() as tx:
        this = schema.relationships.c.id == "mentee-3"
        tx.execute(schema.relationships.update().where(this).values(state="not a state", wake_at=NOON))
    swept = sweep(many(stage))
    assert swept.set_aside > 0
    with stage.store.look() as tx:
        assert relationships.troubled(tx) == [("mentee-3", "StateUnreadable")]
    assert [len(stage.mails(name, "invitation")) for name in MENTEES] == [1, 1, 0, 1, 1, 1, 1, 1]


def test_a_provider_that_asks_to_wait_puts_a_decision_off_and_is_not_taken_for_ill(stage: Stage) -> None:
    stage.calendars["mentor-1"].faults.fail(RateLimited("wait", timedelta(minutes=3)), on="read")
    stage.sweep()
    assert (stage.state().meeting, stage.told("calendar-unreadable")) == (None, [])
    assert next_sweep(stage.programme()) == NOON + timedelta(minutes=3)
    stage.until(NOON + timedelta(minutes=3))
    assert stage.state().meeting is not None


def test_one_that_asks_to_wait_for_long_counts_as_unreadable(stage: Stage) -> None:
    stage.calendars["mentor-1"].faults.fail(RateLimited("wait", timedelta(hours=2)), on="read")
    stage.sweep()
    assert stage.state().meeting is None
    assert len(stage.told("calendar-unreadable")) == 1


def test_one_that_may_not_be_asked_now_is_asked_then(stage: Stage) -> None:
    stage.sweep()
    stage.calendars["mentor-1"].faults.fail(RateLimited("wait", timedelta(minutes=2)), on="token")
    stage.calendars["mentor-1"].delete(stage.uid())
    stage.sweep()
    assert stage.told("calendar-unreadable") == []
    assert next_sweep(stage.programme()) == NOON + timedelta(minutes=2)
    stage.clock.instant += timedelta(minutes=2)
    sweep(stage.programme(), Part(ask_all=False))
    assert len(stage.told("cancelled")) == 1


def test_only_what_is_due_is_asked_and_nothing_at_all_where_nothing_is(stage: Stage) -> None:
    stage.sweep()
    stage.calendars["mentor-1"].delete(stage.uid())
    assert sweep(stage.programme(), Part(ask_all=False)).changed == 0
    stage.clock.instant += timedelta(minutes=5)
    assert sweep(stage.programme(), Part(ask_all=False)).changed > 0
    assert len(stage.told("cancelled")) == 1


def test_a_part_ends_when_its_time_is_over(tmp_path: Path) -> None:
    stage = crowd(tmp_path)
    assert sweep(stage.programme(), Part(until=NOON)).decided == 0
    sweep(stage.programme(), Part(until=NOON + timedelta(seconds=1)))
    assert len(stage.sender.sent) == 2 * len(MENTEES)


def test_whoever_lost_the_moment_to_be_looked_at_is_found_within_a_day(stage: Stage) -> None:
    stage.decide()
    with stage.store.begin() as tx:
        tx.execute(schema.relationships.update().values(wake_at=None, state='{"due": null}'))
    stage.sweep()
    assert stage.store is not None
    stage.clock.instant += timedelta(days=1)
    sweep(stage.programme(), Part(ask_all=False))
    with stage.store.look() as tx:
        assert agenda.read(tx).wake is not None


def test_what_a_decision_asks_for_at_once_and_for_ever_is_a_fault(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.services.consider.decide", lambda *given: replace(decide(*given), wake_at=given[3]))
    assert stage.sweep().set_aside == 1
    with stage.store.look() as tx:
        assert relationships.troubled(tx) == [("pair-1", "NeverRests")]


def test_a_store_that_fails_in_a_lane_ends_the_sweep_and_the_next_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = crowd(tmp_path)

    def gone(*_given: object) -> None:
        raise StoreUnavailable("gone")

    with monkeypatch.context() as patch:
        patch.setattr("agent.services.consider.Observer.see", gone)
        with pytest.raises(StoreUnavailable):
            sweep(many(stage))
    stage.clock.instant += timedelta(minutes=3)
    sweep(many(stage))
    assert len(stage.sender.sent) == 2 * len(MENTEES)


def test_whoever_was_too_slow_writes_nothing_and_ends_nobodys_claim(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process stood still for longer than its lease; somebody else has taken over and is at work."""
    taken: list[relationships.Held] = []

    def slow(*given: Any) -> Any:
        stage.clock.instant += LEASE
        with stage.store.begin() as tx:
            taken.extend(relationships.claim(tx, stage.clock.now(), LEASE, 9))
        return decide(*given)

    monkeypatch.setattr("agent.services.consider.decide", slow)
    assert stage.sweep().decided == 0
    assert stage.state().meeting is None
    with stage.store.begin() as tx:
        assert relationships.still_held(tx, taken) == {"pair-1"}
        assert relationships.claim(tx, stage.clock.now(), LEASE, 9) == []


def test_what_takes_long_is_held_for_as_long(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server takes minutes over one event: nobody begins it again meanwhile."""
    monkeypatch.setattr("agent.services.desk.GLANCE", 0.01)
    real = stage.calendars["mentee-1"].create

    def slow(*given: Any) -> Any:
        stage.clock.instant += LEASE
        patience = time.monotonic() + 10
        while not held(stage) and time.monotonic() < patience:
            time.sleep(0.01)
        return real(*given)

    monkeypatch.setattr(stage.calendars["mentee-1"], "create", slow)
    sweep(many(stage, threads=2))
    with stage.store.look() as tx:
        assert set(tx.scalars(sa.select(schema.intents.c.lost))) == {0}
    assert len(stage.told("event-written")) == 2


def held(stage: Stage) -> bool:
    with stage.store.look() as tx:
        until = tx.scalar(sa.select(schema.relationships.c.lease_until))
    return until is not None and until > stage.clock.now()


def test_after_a_month_away_one_follow_up_at_most_and_no_stale_mail(tmp_path: Path) -> None:
    """Bookings come first, what is over is not announced, and nobody finds five mails."""
    stage = Stage(tmp_path, [factories.pair(policy=factories.policy(notice=timedelta(hours=24)), starts=NOON)])
    stage.sweep()
    held = stage.booked()
    sent = len(stage.sender.sent)
    stage.clock.instant = held.ends_at + timedelta(days=30)
    stage.sweep()
    new = stage.sender.sent[sent:]
    assert stage.booked().start > floor_minute(stage.clock.instant)
    assert Counter(line.event for line in stage.journal())["held"] == 1
    assert len(new) == 4, "an invitation and an agenda each, both about the meeting to come"
    assert stage.mails("mentor-1", "follow-up") == stage.mails("mentee-1", "follow-up") == []


def test_a_clock_that_is_put_back_repeats_nothing(stage: Stage) -> None:
    stage.sweep()
    before = (len(stage.sender.sent), stage.booked())
    stage.clock.instant -= timedelta(days=1)
    stage.sweep()
    stage.until(NOON + timedelta(hours=1))
    assert (len(stage.sender.sent), stage.booked()) == before
    assert Span(floor_minute(NOON), floor_minute(NOON) + 60 * DAY).touches(stage.booked())


def test_what_becomes_known_while_a_decision_is_made_is_not_forgotten_with_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker hears that a calendar has changed just after this one has read it."""
    programme, taken = stage.programme(), list[Span]()

    def overtaken(*given: Any) -> Any:
        decision = decide(*given)
        if not taken:
            taken.append(decision.meetings[0].span)
            stage.calendars["mentor-1"].add_busy(taken[0])
            asked = notice.ask(programme, "mentor-1", 0, stage.clock.now())
            assert asked is not None
            with stage.store.begin() as tx:
                assert notice.take_note(tx, programme, asked)
        return decision

    monkeypatch.setattr("agent.services.consider.decide", overtaken)
    assert stage.sweep().set_aside == 0
    assert not stage.booked().touches(taken[0])
    assert len(stage.told("booked")) == 1
    assert len(stage.sender.sent) == 2


def test_what_was_done_while_the_store_was_away_is_recorded_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock held too long by somebody, a full disk: nobody gets their mail twice for that."""
    stage = crowd(tmp_path)
    real = Desk._commit
    refused: list[object] = []

    def refusing(desk: Desk, done: Any, notes: Any, now: Any) -> Any:
        if len(refused) < 3 and any(isinstance(each, Carried) and each.claimed.intent.mail for each in done):
            refused.append(now)
            raise StoreUnavailable("the disk is full")
        return real(desk, done, notes, now)

    monkeypatch.setattr(Desk, "_commit", refusing)
    sweep(many(stage))
    stage.until(stage.clock.instant + timedelta(hours=1))
    assert len(refused) == 3
    assert len(stage.sender.sent) == len({mail["Message-ID"] for mail in stage.sender.sent}) == 2 * len(MENTEES)
    assert stage.statuses()["done"] == 4 * len(MENTEES)


def test_an_effect_that_finds_the_store_away_has_done_nothing_and_waits(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_given: object) -> None:
        raise StoreUnavailable("gone")

    with monkeypatch.context() as patch:
        patch.setattr("agent.services.deliver.relevant", gone)
        stage.sweep()
    with stage.store.look() as tx:
        assert set(tx.scalars(sa.select(schema.intents.c.lost))) == {0}
    stage.until(stage.clock.instant + timedelta(minutes=5))
    assert len(stage.sender.sent) == 2


def test_a_lane_that_is_ended_ends_the_sweep_and_not_the_waiting_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = crowd(tmp_path)

    def ends(*_given: object) -> None:
        raise SystemExit

    monkeypatch.setattr("agent.services.consider.decide", ends)
    with pytest.raises(RuntimeError, match="SystemExit"):
        sweep(many(stage))


def test_calendars_are_asked_in_half_of_the_lanes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many of them take their time, whoever is due is looked after meanwhile."""
    stage = crowd(tmp_path)
    asking: list[int] = []
    most = []

    def slow(*given: Any) -> Any:
        asking.append(1)
        most.append(len(asking))
        time.sleep(0.05)
        asking.pop()
        return notice.Asked(given[1], given[2], given[3])

    monkeypatch.setattr("agent.services.notice.ask", slow)
    sweep(many(stage))
    assert len(most) == len(MENTEES) + 1
    assert max(most) == 4
    assert len(stage.sender.sent) == 2 * len(MENTEES)


class Settable(RehearsalClock):
    """A machine's clock: what it shows can be set, and its steady one stands still in a test."""

    def steady(self) -> float:
        return 0.0


@pytest.mark.parametrize("days", [1, -1])
def test_a_clock_that_is_set_within_a_sweep_ends_it_before_anything_is_done_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    stage = crowd(tmp_path)
    take_in(stage.programme(), NOON)
    stage.clock = Settable(NOON + timedelta(days=2))

    def late(*given: Any) -> Any:
        stage.clock.instant = NOON + timedelta(days=2 + days)
        return decide(*given)

    with monkeypatch.context() as patch:
        patch.setattr("agent.services.desk.MANY", 1)
        patch.setattr("agent.services.consider.decide", late)
        swept = stage.sweep()
    assert (swept.decided, swept.delivered, stage.sender.sent) == (1, 0, [])
    stage.clock.instant = NOON + timedelta(days=4)
    stage.sweep()
    assert len(stage.sender.sent) == 2 * len(MENTEES)


@pytest.mark.parametrize("days", [1, -1])
def test_calendars_are_asked_by_the_clock_as_it_is_now(stage: Stage, days: int) -> None:
    """When to ask was kept by a clock that has been set since."""
    stage.sweep()
    stage.clock.instant += timedelta(days=days)
    ask_all(stage.programme())
    stage.calendars["mentor-1"].delete(stage.uid())
    sweep(stage.programme(), Part(ask_all=False))
    assert len(stage.told("cancelled")) == 1


def test_a_stop_waits_for_the_calls_that_are_under_way_and_leaves_the_rest_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage, reads, asked = crowd(tmp_path), list[str](), Event()

    def slowly(name: str) -> Any:
        real = stage.calendars[name].read

        def read(*given: Any) -> Any:
            reads.append(name)
            asked.set()
            time.sleep(0.1)
            return real(*given)

        return read

    with monkeypatch.context() as patch:
        for name in stage.calendars:
            patch.setattr(stage.calendars[name], "read", slowly(name))
        sweep(replace(many(stage, threads=2), stopping=asked.is_set))
    assert len(reads) <= 2
    with stage.store.look() as tx:
        left = agenda.read(tx)
    assert (left.wake, left.lease) == (NOON, None)
    sweep(many(stage))
    assert len(stage.sender.sent) == 2 * len(MENTEES)


def test_a_calendar_that_was_not_asked_before_a_stop_is_asked_next(stage: Stage) -> None:
    programme = stage.programme()
    stage.sweep()
    stopped = notice.ask(replace(programme, stopping=lambda: True), "mentor-1", 0, NOON)
    assert stopped is not None
    with stage.store.begin() as tx:
        notice.take_note(tx, programme, stopped)
    assert next_sweep(programme) == NOON
