"""A year of pairs through the real loop, with a watch that stands still while anybody thinks, writes or is called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from agent.clock import RehearsalClock
from agent.core.relationships import Relationship
from agent.services import consider, deliver, send_mail, write_event
from agent.services.part import Part
from agent.services.sweep import next_sweep, sweep
from agent.store import intents, relationships
from connectors.base import CalendarReader
from connectors.memory import MemoryCalendar, MemorySender
from tests import factories
from tests.bench import spine_rows
from tests.bench.spine_watch import Taken
from tests.factories import NOW

OUTSIDE = (
    (consider, "decide"), (consider, "prove"), (deliver, "forbidden"), (send_mail, "word_mail"),
    (write_event, "invitation"), (MemorySender, "send"),
    *((MemoryCalendar, name) for name in ("token", "read", "find", "create", "update", "remove")),
)  # fmt: skip
"""What is no bookkeeping: deciding, checking, writing texts, and calls."""

STEP = timedelta(minutes=1)


@dataclass
class Year:
    """What a year took, and what was done in it."""

    whole: Taken = field(default_factory=Taken)
    outside: Taken = field(default_factory=Taken)
    sweeps: int = 0
    decisions: int = 0
    effects: int = 0

    @property
    def bookkeeping(self) -> Taken:
        """What is left without thinking, texts and calls."""
        return self.whole.without(self.outside)


def simulate(folder: Path, pairs: int, length: timedelta, *, threads: int) -> Year:
    """Let so many pairs meet every two weeks for so long; everybody is free, and answers nothing."""
    store, clock, year = spine_rows.fresh(folder), RehearsalClock(NOW), Year()
    known = [_pair(number) for number in range(pairs)]
    calendars: dict[str, tuple[CalendarReader, ...]] = {
        person.id: (MemoryCalendar(person.email),) for each in known for person in each.people
    }
    with store.begin() as tx:
        relationships.synchronise(tx, {each.id: "t" * 64 for each in known}, NOW)
    at_work = spine_rows.programme(store, known, clock, threads=threads, calendars=calendars)
    with _watched(year):
        while clock.instant < NOW + length:
            with year.whole.adding():
                done, wake = sweep(at_work, Part(ask_all=False)), next_sweep(at_work)
            year.sweeps += 1
            year.decisions += done.decided
            year.effects += done.delivered
            clock.instant = max(wake or NOW + length, clock.instant + STEP)
    with store.look() as tx:
        left = {status: count for status, count in intents.counts(tx).items() if status not in {"done", "pending"}}
    if left:
        raise RuntimeError(f"not everything was done: {left}")
    store.close()
    return year


def _pair(number: int) -> Relationship:
    mentor, mentee = (factories.person(f"{role}-{number}", books=True) for role in ("mentor", "mentee"))
    policy = factories.policy(notice=timedelta(days=1))
    return Relationship(f"pair-{number}", mentor, (mentee,), policy, starts=NOW + timedelta(hours=number % 240))


@contextmanager
def _watched(year: Year) -> Iterator[None]:
    """Take the time of everything outside off the year's; only where there are no threads side by side."""
    with ExitStack() as patches:
        for where, name in OUTSIDE:
            patches.enter_context(mock.patch.object(where, name, _timed(getattr(where, name), year)))
        yield


def _timed(function: Callable[..., Any], year: Year) -> Callable[..., Any]:
    def timed(*arguments: Any) -> Any:
        with year.outside.adding():
            return function(*arguments)

    return timed
