"""A stage on which the process may die: whoever sweeps next has nothing but the store, the calendars and the mails."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa

from agent.services.part import Swept
from agent.services.programme import Programme
from agent.services.sweep import sweep
from agent.services.take_over import take_over
from agent.store import schema
from agent.store.engine import Store
from agent.store.intents import DOING
from connectors.base import CalendarWriter, MailSender
from tests.crash.points import Died, MortalStore, Points, mortal
from tests.services.stage import NOON, Stage

Act = Callable[["Theatre"], datetime | None]
"""What people do, all at once; gives the moment until which nothing else happens, None for now."""

FILES = ("attune.db", "attune.db-wal")


@dataclass(frozen=True)
class Snapshot:
    """Everything that outlives a process, at one moment; equal where nothing has happened in between."""

    database: tuple[bytes, ...]
    world: bytes
    mails: tuple[EmailMessage, ...]
    script: tuple[Any, ...]


@dataclass
class Theatre(Stage):
    """The same stage, but each death is followed by a new process that takes over as ``attune run`` does."""

    points: Points = field(default_factory=Points)
    goal: datetime = NOON
    begun: Counter[str] = field(default_factory=Counter)
    """How often each intent was under way when the process died."""

    def reopened(self) -> Store:
        store = super().reopened()
        sa.event.listen(store._engine, "connect", _unsynced)
        return store

    def programme(self, store: Store | None = None) -> Programme:
        plain = super().programme(store or MortalStore(self.store._engine, self.points))
        calendars = {
            name: tuple(mortal(each, CalendarWriter, name, self.points) for each in owned)
            for name, owned in plain.calendars.items()
        }
        return replace(plain, calendars=calendars, sender=mortal(plain.sender, MailSender, "mail", self.points))

    def play(self, act: Act) -> None:
        """Let people do something, and time pass."""
        self.goal = act(self) or self.clock.instant
        self.go_on()

    def go_on(self) -> None:
        """Sweep as often as it takes until nothing else happens."""
        self.sweep()
        self.until(self.goal)

    def sweep(self) -> Swept:
        """Sweep; after a death, sweep again in the next process."""
        try:
            return sweep(self.programme())
        except Died:
            self.restart()
            return self.sweep()

    def restart(self) -> None:
        """Throw away everything that was in memory, and begin as a new process does."""
        self.store.close()
        self.points.dead = False
        with self.store.look() as tx:
            doing = sa.select(schema.intents.c.key).where(schema.intents.c.status == DOING)
            self.begun.update(tx.scalars(doing))
        try:
            take_over(self.programme())
        except Died:
            self.restart()

    def snapshot(self) -> Snapshot:
        """Keep what a process that begins now would find. What is not committed is not in the files."""
        mails, self.sender.sent = self.sender.sent, []
        world = pickle.dumps((self.calendars, self.sender, self.clock))
        self.sender.sent = mails
        found = ((self.home / name) for name in FILES)
        database = tuple(path.read_bytes() if path.exists() else b"" for path in found)
        return Snapshot(database, world, tuple(mails), (self.goal, self.relationships, self.terms))

    def put_back(self, snapshot: Snapshot) -> None:
        """Make everything as it was."""
        self.store.close()
        for path in self.home.glob("attune.db*"):
            path.unlink()
        for name, content in zip(FILES, snapshot.database, strict=True):
            (self.home / name).write_bytes(content)
        self.calendars, self.sender, self.clock = pickle.loads(snapshot.world)  # noqa: S301  our own
        self.sender.sent = [*snapshot.mails]
        self.goal, self.relationships, self.terms = snapshot.script
        self.points, self.begun = Points(), Counter()


def _unsynced(connection: Any, _record: Any) -> None:
    """A process that dies, unlike a machine, loses nothing that it wrote."""
    connection.execute("PRAGMA synchronous=OFF").close()
