"""Every call that passes the guard is counted with its outcome, and every one that it holds back with why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest

from agent import metrics
from agent.core.observation import OwnEvent
from agent.core.timespan import Span
from connectors.errors import Missing, RateLimited, Temporary
from connectors.guard import FAILURES, Gate, GuardedSender, GuardedWriter, Server
from connectors.memory import MemoryCalendar, MemorySender
from tests.factories import NOW

WINDOW = Span(0, 1000)


@pytest.fixture(autouse=True)
def _kept() -> Iterator[None]:
    with metrics.kept():
        yield


@pytest.fixture
def gate() -> Gate:
    return Gate(Server("calendars.northwind.example", 2, lambda: NOW), lambda: None, lambda _: None)


def counted(name: str) -> dict[str, float]:
    text = metrics.exposition().decode()
    return {labels: float(value) for labels, value in re.findall(rf"^{name}{{(\S+)}} (\S+)$", text, re.MULTILINE)}


def test_calls_are_counted_by_method_and_result(gate: Gate) -> None:
    memory = MemoryCalendar("mentor-1@northwind.example")
    calendar, gone = GuardedWriter(memory, gate), OwnEvent("nothing", WINDOW)
    calendar.token()
    calendar.read(WINDOW, frozenset())
    calendar.find("nothing")
    with pytest.raises(Missing):
        calendar.remove(gone)
    GuardedSender(MemorySender(), gate).send(EmailMessage())
    assert counted("attune_provider_calls_total") == {
        'connector="memory",method="token",result="ok"': 1,
        'connector="memory",method="read",result="ok"': 1,
        'connector="memory",method="find",result="ok"': 1,
        'connector="memory",method="remove",result="missing"': 1,
        'connector="memory",method="send",result="ok"': 1,
    }
    assert "northwind" not in metrics.exposition().decode()


def test_a_server_that_is_left_alone_is_not_called_and_that_is_counted(gate: Gate) -> None:
    memory = MemoryCalendar()
    memory.faults.fail(Temporary("502"), times=FAILURES)
    calendar = GuardedWriter(memory, gate)
    for _ in range(FAILURES):
        with pytest.raises(Temporary):
            calendar.token()
    for _ in range(3):
        with pytest.raises(RateLimited):
            calendar.token()
    assert counted("attune_provider_calls_total") == {'connector="memory",method="token",result="temporary"': FAILURES}
    assert counted("attune_waits_total") == {'reason="circuit"': 3}


def test_a_providers_own_limit_is_a_call_and_a_wait(gate: Gate) -> None:
    memory = MemoryCalendar()
    memory.faults.fail(RateLimited("429", timedelta(minutes=1)))
    with pytest.raises(RateLimited):
        GuardedWriter(memory, gate).token()
    assert counted("attune_provider_calls_total") == {'connector="memory",method="token",result="rate-limited"': 1}
    assert counted("attune_waits_total") == {'reason="rate-limited"': 1}
