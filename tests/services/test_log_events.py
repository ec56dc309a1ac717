"""Whatever comes of something stands in the log once: a line for each outcome, with why, and nothing private."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from agent.clock import RehearsalClock
from agent.core.decide import decide
from agent.services import consider
from agent.services.limits import AT_ONCE, Limits
from agent.services.sweep import sweep
from agent.services.take_over import take_over
from agent.store import relationships
from agent.store.quotas import Rate
from connectors.errors import OutcomeUnknown, RateLimited
from connectors.guard import FAILURES
from tests.connectors.test_guard import Guarded
from tests.factories import NOW
from tests.services.stage import NOON, Stage

Lines = list[dict[str, Any]]


@contextmanager
def heard(event: str) -> Iterator[Lines]:
    """The lines of one event, without its name and level."""
    found: Lines = []
    with capture_logs() as lines:
        yield found
    found += [
        {k: v for k, v in line.items() if k not in {"event", "log_level"}} for line in lines if line["event"] == event
    ]


def overtake(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the first decision overtaken by something that becomes known while it is made."""
    once: list[Callable[..., Any]] = [decide]

    def overtaken(*given: Any) -> Any:
        if once:
            once.clear()
            with stage.store.begin() as tx:
                relationships.wake(tx, ["pair-1"], stage.clock.now())
        return decide(*given)

    monkeypatch.setattr(consider, "decide", overtaken)


def test_a_decision_that_was_overtaken(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    overtake(stage, monkeypatch)
    with heard("decision stale") as lines:
        stage.sweep()
    assert lines == [{"relationship": "pair-1"}]


def test_a_decision_that_a_provider_puts_off(stage: Stage) -> None:
    stage.calendars["mentee-1"].faults.fail(RateLimited("wait", timedelta(seconds=30)), on="read", times=1)
    with heard("put off") as lines:
        stage.sweep()
    (told,) = lines
    assert (told["relationship"], told["why"]) == ("pair-1", "rate-limited")
    assert told["until"] > NOON.isoformat()


def test_a_relationship_that_left_the_files(stage: Stage) -> None:
    programme = stage.programme()
    stage.sweep()
    with stage.store.begin() as tx:
        relationships.synchronise(tx, {"pair-1": "terms", "pair-9": "terms"}, NOON)
    with heard("relationship gone") as lines:
        sweep(programme)
    assert lines == [{"relationship": "pair-9"}]


def test_what_waits_and_what_is_withdrawn_say_why(stage: Stage) -> None:
    stage.sender.faults.fail(OutcomeUnknown("cut"), on="send", after=True, times=4)
    with heard("withdrawn") as lines:
        stage.sweep()
        stage.until(stage.clock.instant + timedelta(hours=1))
    assert [line["why"] for line in lines] == ["outcome-unknown-twice"] * 2


def test_what_a_dead_process_had_begun(stage: Stage) -> None:
    stage.sweep()
    with stage.store.begin() as tx:
        relationships.hold(tx, ["pair-1"], NOON, timedelta(minutes=2))
    with heard("taken over") as lines:
        take_over(stage.programme())
        take_over(stage.programme())
    assert lines == [{"relationships": 1, "effects": 0}]


def test_a_lease_that_ran_out(stage: Stage) -> None:
    stage.sweep()
    with stage.store.begin() as tx:
        relationships.wake(tx, ["pair-1"], NOON)
        relationships.hold(tx, ["pair-1"], NOON, timedelta(minutes=2))
    stage.clock.instant += timedelta(minutes=3)
    with heard("lease ran out") as lines:
        stage.sweep()
    assert lines == [{"relationship": "pair-1"}]


def test_calls_that_are_used_up_are_told_once_until_there_are_more(stage: Stage) -> None:
    clock, rate = RehearsalClock(NOW), Rate(AT_ONCE)
    limits = Limits(stage.store, clock)

    def use_up() -> None:
        for _ in range(AT_ONCE):
            limits.allow("server", rate)
        for _ in range(3):
            with pytest.raises(RateLimited):
                limits.allow("server", rate)

    with heard("calls used up") as lines:
        use_up()
        clock.instant += timedelta(minutes=1)
        use_up()
    assert [line["scope"] for line in lines] == ["server", "server"]


def test_a_server_that_is_left_alone_and_answers_again() -> None:
    one = Guarded()
    one.memory.faults.fail(OutcomeUnknown("cut"), times=FAILURES)
    with capture_logs() as lines:
        for _ in range(FAILURES):
            with pytest.raises(OutcomeUnknown):
                one.calendar.token()
        one.clock.instant += timedelta(minutes=1)
        one.calendar.token()
        one.calendar.token()
    assert [(line["event"], line["server"]) for line in lines] == [
        ("server left alone", "server"),
        ("server answers again", "server"),
    ]
