"""Runs a history: time jumps from one moment at which something is due to the next, through deaths and rebirths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from agent.clock import RehearsalClock
from agent.core.timespan import DAY, Span, ceil_minute, floor_minute, instant
from agent.mail.render import Renderer
from agent.services.part import Part
from agent.services.programme import Programme
from agent.services.sweep import next_sweep, sweep
from agent.services.take_over import take_over
from agent.settings.values import Deployment
from agent.simulation.years.crowd import Crowd
from agent.simulation.years.deaths import Killed, MortalStore, Reaper
from agent.simulation.years.diary import Diary
from agent.simulation.years.enrolment import enrol
from agent.simulation.years.fate import monday
from agent.simulation.years.history import Fault, History
from agent.simulation.years.judging.evidence import Evidence, Line, Trouble
from agent.simulation.years.postbox import Postbox
from agent.simulation.years.troubles import Line as Wire
from agent.simulation.years.troubles import of_person
from agent.store import calendars, journal, relationships
from agent.store.engine import open_store
from agent.store.errors import StoreNotEmpty

TICK = 30
"""Minutes: what is due is looked at together so often, as a daemon that rests between sweeps does."""

AT_ONCE = 8
"""Effects under way at once, as in a daemon with eight threads; all that a death may leave in doubt."""

AHEAD = 12
"""Weeks, after the end, for which people's habits are in their calendars."""

RENDERER = Renderer(Path("no-overrides"))
"""One for all runs: compiling the shipped templates takes longer than a short run."""


@dataclass
class Year:
    """A world at work: what outlives every process, and the clock."""

    history: History
    home: Path
    url: str
    passed: Callable[[int], None]

    def __post_init__(self) -> None:
        history = self.history
        self.clock = RehearsalClock(instant(history.start))
        self.deployment: Deployment = enrol(history, self.home, self.clock.now())
        self.evidence = evidence_of(history)
        self.reaper = Reaper(history.kills, self._now)
        self.diaries = self._diaries()
        mails = of_person(history.faults, mail=True)
        self.postbox = Postbox({p["email"].lower(): self._wire(p["id"], mails) for p in history.people})
        self.crowd = Crowd(history, self.diaries, self.evidence)
        self.store = open_store(self.url, durable=False)

    def run(self) -> Evidence:
        """Live through all of it; give what there is to judge by. Raises ``StoreNotEmpty``, and touches nothing."""
        if not self.store.is_empty():
            raise StoreNotEmpty("the simulator writes made-up people into an empty database only; name another --store")
        self.store.upgrade()
        while self._now() < self.history.end:
            try:
                self._life()
            except Killed as killed:
                self._died(killed)
        self._take_stock()
        return self.evidence

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def _life(self) -> None:
        """Be one process, from its start to the end of the history or its own."""
        with self._process() as programme:
            while (now := self._now()) < self.history.end:
                self.passed(now)
                self._push(self.crowd.until(now))
                sweep(programme, Part(ask_all=False))
                self.clock.instant = instant(min(self._next(), self.history.end))
            self._push(self.crowd.until(self._now()))
            sweep(programme, Part(ask_all=False))

    @contextmanager
    def _process(self) -> Iterator[Programme]:
        store = MortalStore(self.store, self.reaper)
        owned = {name: (diary,) for name, diary in self.diaries.items()}
        programme = Programme(self.deployment, store, owned, self.postbox, RENDERER, self.clock, begun_at_once=AT_ONCE)
        with store.exclusive():
            take_over(programme)
            yield programme

    def _next(self) -> int:
        """The next tick at which anything is due, or anybody acts."""
        wake, act = next_sweep(self._plain), self.crowd.next_act()
        due = min(each for each in (ceil_minute(wake) if wake else None, act, self.history.end) if each is not None)
        return -(-max(due, self._now() + 1) // TICK) * TICK

    @property
    def _plain(self) -> Programme:
        return Programme(self.deployment, self.store, {}, self.postbox, RENDERER, self.clock)

    def _push(self, people: set[str]) -> None:
        """Have the calendars asked that have visibly changed."""
        if people:
            with self.store.begin() as tx:
                calendars.ask(tx, sorted(people), self.clock.now())

    def _died(self, killed: Killed) -> None:
        """Forget everything that was in memory, and let the time pass until somebody starts it again."""
        kind = "killed" if killed.down < DAY else "killed for long"
        self.evidence.troubles.append(Trouble(self.evidence.next(), self._now(), "", kind))
        self.store.close()
        self.clock.instant += timedelta(minutes=killed.down)
        self.clock.instant = min(self.clock.instant, instant(self.history.end - 1))

    @property
    def points(self) -> dict[str, float]:
        """The burden that each person carries at the end, in all of their relationships together."""
        found = dict.fromkeys(self.diaries, 0.0)
        with self.store.look() as tx:
            for name in self.history.relationships:
                stored = relationships.find(tx, name)
                for person, points in (stored.state.ledger.points if stored else {}).items():
                    found[person] += points
        return found

    def _take_stock(self) -> None:
        evidence = self.evidence
        evidence.copies = [copy for name in sorted(self.diaries) for copy in self.diaries[name].copies()]
        left = next_sweep(self._plain)
        if left is not None and left <= self.clock.now():
            evidence.overdue.append(f"something due since {left:%Y-%m-%dT%H:%MZ}")
        with self.store.look() as tx:
            evidence.journal = [
                Line(floor_minute(e.at), e.event, e.relationship or "", e.number or 0, e.person or "", e.detail)
                for e in journal.read(tx)
            ]

    def _now(self) -> int:
        return floor_minute(self.clock.instant)

    def _wire(self, person: str, faults: dict[str, list[Fault]]) -> Wire:
        return Wire(person, faults.get(person, []), self.evidence, self.reaper, self._now)

    def _diaries(self) -> dict[str, Diary]:
        faults = of_person(self.history.faults, mail=False)
        return {
            person["id"]: Diary(
                self._wire(person["id"], faults),
                person["email"],
                _busy(self.history, person["id"], person["time_zone"]),
                lag=self.history.lag.get(person["id"], 0),
                loose=person["id"] in self.history.loose,
            )
            for person in self.history.people
        }


def evidence_of(history: History) -> Evidence:
    """Begin the record of a history."""
    bonds = (*history.pairs, *history.circles)
    return Evidence(
        start=history.start,
        calm=history.calm,
        end=history.end,
        people=history.people,
        relationships=history.relationships,
        cadences={each["id"]: each.get("cadence", {}) for each in bonds},
        policy=history.policy,
    )


def _busy(history: History, person: str, zone: str) -> Iterator[Span]:
    """Unroll a person's habits, on the clock at their own wall."""
    first = monday(history)
    for weekday, minute, length in history.habits.get(person, ()):
        for week in range(-2, history.weeks + AHEAD):
            day = first + timedelta(days=7 * week + weekday)
            wall = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZoneInfo(zone))
            start = floor_minute(wall.astimezone(UTC))
            yield Span(start, start + length)
