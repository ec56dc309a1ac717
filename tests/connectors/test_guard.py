"""What stands before every call: a pause that is asked for is kept, a dead server is left alone, a slow one shared."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from agent.clock import RehearsalClock
from connectors import guard
from connectors.base import CalendarWriter
from connectors.errors import Missing, OutcomeUnknown, RateLimited, Temporary
from connectors.guard import FAILURES, LONGEST_REST, SHORTEST_REST, SLOW, Gate, GuardedReader, Server, guarded
from connectors.ics.calendar import IcsCalendar
from connectors.ics.settings import IcsSettings
from connectors.memory import MemoryCalendar
from tests.factories import NOW, person


class Guarded:
    """A calendar in memory behind a gate, and what the gate was told."""

    def __init__(self, share: int = 2) -> None:
        self.clock = RehearsalClock(NOW)
        self.memory = MemoryCalendar()
        self.server = Server("server", share, self.clock.now)
        self.allowed = 0
        self.closed: list[timedelta] = []
        self.calendar = guarded(self.memory, Gate(self.server, self._allow, self.closed.append))

    def _allow(self) -> None:
        self.allowed += 1


def test_what_is_guarded_can_do_what_it_could() -> None:
    both = Guarded()
    assert isinstance(both.calendar, CalendarWriter)
    assert both.calendar.capabilities == both.memory.capabilities
    settings = IcsSettings(kind="ics", path="team.ics")
    file = IcsCalendar(settings, home=Path(), where=person().where, owner="")
    reader = guarded(file, Gate(both.server, lambda: None, both.closed.append))
    assert isinstance(reader, GuardedReader)
    assert not isinstance(reader, CalendarWriter)


def test_every_call_is_counted_and_looking_after_it_is_not() -> None:
    guarded_one = Guarded()
    guarded_one.calendar.token()
    guarded_one.calendar.check()
    guarded_one.calendar.close()
    assert guarded_one.allowed == 1


def test_a_pause_that_the_provider_asks_for_is_told_to_all() -> None:
    one = Guarded()
    one.memory.faults.fail(RateLimited("wait", timedelta(minutes=7)))
    with pytest.raises(RateLimited):
        one.calendar.token()
    assert one.closed == [timedelta(minutes=7)]


@pytest.mark.parametrize("error", [Temporary("busy"), OutcomeUnknown("cut")])
def test_a_server_that_fails_again_and_again_is_left_alone_and_tried_later(error: Temporary | OutcomeUnknown) -> None:
    one = Guarded()
    one.memory.faults.fail(error, times=FAILURES + 1)
    for _ in range(FAILURES):
        with pytest.raises(type(error)):
            one.calendar.token()
    with pytest.raises(RateLimited) as refused:
        one.calendar.token()
    assert refused.value.retry_after == SHORTEST_REST
    assert one.closed == []
    one.clock.instant += SHORTEST_REST
    with pytest.raises(type(error)):
        one.calendar.token()
    with pytest.raises(RateLimited) as refused:
        one.calendar.token()
    assert refused.value.retry_after == 2 * SHORTEST_REST
    one.clock.instant += 2 * SHORTEST_REST
    assert one.calendar.token() == "0"
    assert one.calendar.token() == "0"


def test_an_answer_makes_up_for_what_failed_before() -> None:
    one = Guarded()
    for _ in range(2):
        one.memory.faults.fail(Temporary("busy"), times=FAILURES - 1)
        for _ in range(FAILURES - 1):
            with pytest.raises(Temporary):
                one.calendar.token()
        assert one.calendar.token() == "0"


def test_a_clock_that_was_put_back_lets_no_server_rest_for_longer() -> None:
    one = Guarded()
    one.memory.faults.fail(Temporary("busy"), times=FAILURES)
    for _ in range(FAILURES):
        with pytest.raises(Temporary):
            one.calendar.token()
    one.clock.instant -= timedelta(days=1)
    assert one.calendar.token() == "0"


def test_its_rest_never_grows_beyond_bounds() -> None:
    one = Guarded()
    for _ in range(30):
        one.memory.faults.fail(Temporary("busy"))
        with pytest.raises((Temporary, RateLimited)):
            one.calendar.token()
        one.clock.instant += LONGEST_REST
    one.memory.faults.mend()
    assert one.calendar.token() == "0"


def test_an_answer_that_says_no_is_an_answer() -> None:
    one = Guarded()
    one.memory.faults.fail(Missing("gone"), times=FAILURES + 1)
    for _ in range(FAILURES + 1):
        with pytest.raises(Missing):
            one.calendar.token()
    assert one.calendar.token() == "0"


def test_a_slow_server_gets_no_more_than_its_share_of_those_who_wait() -> None:
    one = Guarded(share=1)
    other = guarded(MemoryCalendar(), Gate(one.server, one._allow, one.closed.append))
    inside, leave = Event(), Event()

    def hang() -> None:
        with one.server.call():
            inside.set()
            leave.wait(20)

    waiting = Thread(target=hang)
    waiting.start()
    inside.wait(20)
    assert other.token() == "0"
    one.clock.instant += SLOW + timedelta(seconds=1)
    with pytest.raises(RateLimited) as refused:
        other.token()
    assert refused.value.retry_after == SLOW
    leave.set()
    waiting.join()
    assert other.token() == "0"


def test_one_mailbox_takes_one_call_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "TURN", 0.01)
    one = Guarded()
    gate = Gate(one.server, one._allow, one.closed.append)
    with gate.passing():
        refused: list[RateLimited] = []

        def too() -> None:
            try:
                with gate.passing():
                    pass
            except RateLimited as error:
                refused.append(error)

        second = Thread(target=too)
        second.start()
        second.join()
    assert len(refused) == 1
    with gate.passing():
        pass
