"""A whole programme on a stage: a real store, calendars and a mail server in memory, a clock that is put forward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from agent.clock import RehearsalClock
from agent.core.journal import Entry
from agent.core.relationships import Relationship, State, meeting_uid
from agent.core.timespan import Span
from agent.mail.render import Renderer
from agent.services.desk import Desk
from agent.services.lanes import lanes
from agent.services.part import WHOLE, Swept
from agent.services.programme import Programme
from agent.services.sweep import ask_all, next_wake, sweep
from agent.services.take_in import take_in
from agent.settings.values import Deployment
from agent.store import intents, journal, relationships, schema
from agent.store.claims import Claimed
from agent.store.engine import Store, open_store
from agent.store.relationships import Held
from connectors.memory import MemoryCalendar, MemorySender
from connectors.smtp.settings import SmtpSettings
from tests import checks

NOON = datetime.fromisoformat("2027-03-01T12:00+00:00")
"""A Monday on which everybody may be written to."""

RENDERER = Renderer(Path("no-overrides"))
"""One for all stages: compiling the shipped templates is most of a stage's time."""


class Deciding(Desk):
    """A desk that carries nothing out."""

    def _effects(self, *_due: Any) -> list[tuple[Held, Claimed]]:
        return []


@dataclass
class Stage:
    """Everything that outlives a process: the store's file, the calendars, the mail server; and the time."""

    home: Path
    relationships: Sequence[Relationship]
    clock: RehearsalClock = field(default_factory=lambda: RehearsalClock(NOON))
    calendars: dict[str, MemoryCalendar] = field(default_factory=dict)
    sender: MemorySender = field(default_factory=MemorySender)
    terms: str = "terms"
    former: dict[str, MemoryCalendar] = field(default_factory=dict)
    """Calendars that somebody has had, and lets Attune read still."""
    renamed: set[str] = field(default_factory=set)
    """People whose calendar is another than their first."""

    def __post_init__(self) -> None:
        for person in self.people.values():
            self.calendars.setdefault(person.id, MemoryCalendar(person.email))
        self.store = self.reopened()
        self.store.upgrade()
        checks.STAGES.append(self)

    @property
    def people(self) -> dict[str, Any]:
        return {person.id: person for relationship in self.relationships for person in relationship.people}

    def reopened(self) -> Store:
        return open_store(f"sqlite:///{self.home / 'attune.db'}")

    def programme(self, store: Store | None = None) -> Programme:
        found = {relationship.id: relationship for relationship in self.relationships}
        deployment = Deployment(
            home=self.home, programme="Northwind Mentoring", store_url="", mail_from_name="Attune",
            mail_from_address="attune@northwind.example", smtp=SmtpSettings(host="mail.northwind.example"),
            rehearsal=True, sweep=timedelta(minutes=5), people=self.people, relationships=found,
            calendars={}, terms=dict.fromkeys(found, self.terms),
        )  # fmt: skip
        owned = {name: [calendar, *self._former(name)] for name, calendar in self.calendars.items()}
        calendars = {name: tuple(each) for name, each in owned.items()}
        places = {name: ("second" if name in self.renamed else "first", "first")[: len(owned[name])] for name in owned}
        return Programme(deployment, store or self.store, calendars, self.sender, RENDERER, self.clock, places=places)

    def _former(self, name: str) -> list[MemoryCalendar]:
        return [self.former[name]] if name in self.former else []

    def sweep(self) -> Swept:
        return sweep(self.programme())

    def decide(self) -> Swept:
        """Sweep, but stop before anything is carried out."""
        programme = self.programme()
        take_in(programme, self.clock.now())
        ask_all(programme)
        with lanes(1) as opened:
            return Deciding(programme, WHOLE, opened).work()

    def until(self, moment: datetime, *, every: timedelta | None = None) -> None:
        """Let time pass: sweep whenever something is due by itself, and at the end."""
        while self.clock.instant < moment:
            wake = next_wake(self.programme())
            step = min(wake or moment, self.clock.instant + every if every else moment, moment)
            self.clock.instant = max(step, self.clock.instant + timedelta(minutes=1))
            self.sweep()

    def state(self, name: str = "pair-1") -> State:
        with self.store.begin() as tx:
            return relationships.load(tx, name).state

    def booked(self, name: str = "pair-1") -> Span:
        meeting = self.state(name).meeting
        assert meeting is not None
        return meeting.span

    def uid(self, number: int = 1, name: str = "pair-1") -> str:
        return meeting_uid(name, number)

    def events(self, person: str) -> dict[str, Span]:
        """Our events in a person's calendar as it now is."""
        calendar = self.calendars[person]
        found = {uid: calendar.find(uid) for uid in calendar.holds()}
        return {uid: event.span for uid, event in found.items() if event}

    def mails(self, person: str, kind: str | None = None) -> list[EmailMessage]:
        address = self.people[person].email
        to = [mail for mail in self.sender.sent if address in str(mail["To"])]
        keys = {key for key, mail in self._keys().items() if kind in {None, mail}}
        return [mail for mail in to if any(key in str(mail["Message-ID"]) for key in keys)]

    def _keys(self) -> dict[str, str | None]:
        with self.store.begin() as tx:
            return {row.key: row.mail for row in tx.execute(schema.intents.select())}

    def journal(self) -> list[Entry]:
        with self.store.begin() as tx:
            return journal.read(tx)

    def told(self, event: str) -> list[Entry]:
        return [entry for entry in self.journal() if entry.event == event]

    def statuses(self) -> dict[str, int]:
        with self.store.begin() as tx:
            return intents.counts(tx)
