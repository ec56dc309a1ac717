"""A store with many relationships asleep, written by SQL, and a programme that works on it without calling anybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

from agent.clock import Clock
from agent.core.draft import Decision
from agent.core.intents import Intent, IntentKind
from agent.core.observation import Observed
from agent.core.relationships import Relationship, State
from agent.mail.render import Renderer
from agent.services import consider, deliver
from agent.services.observe import Observer, Seen
from agent.services.programme import Programme
from agent.services.take_in import ROSTER
from agent.services.verdicts import Done
from agent.settings.values import Deployment
from agent.store import intents, marks, schema, state_json
from agent.store.engine import Store, open_store
from agent.store.shards import shard_of
from connectors.base import CalendarReader
from connectors.memory import MemorySender
from connectors.smtp.settings import SmtpSettings
from tests import factories

A_WEEK = timedelta(weeks=1)

BOOKED = State(1, meeting=factories.meeting(factories.span("2027-03-10 09:00")))
"""What most rows hold: one meeting to come."""


def fresh(folder: Path) -> Store:
    """Make an empty database."""
    store = open_store(f"sqlite:///{folder / 'attune.db'}")
    store.upgrade()
    return store


def asleep(store: Store, count: int, wake_at: datetime) -> list[str]:
    """Insert so many relationships that are not due before then; give their names."""
    names = [f"pair-{number}" for number in range(count)]
    same = {"terms": "t" * 64, "state": state_json.dump(BOOKED), "version": 3, "troubles": 0, "wake_at": wake_at}
    with store.begin() as tx:
        rows = schema.relationships
        tx.execute(rows.insert(), [{"id": name, "shard": shard_of(name), **same} for name in names])
    return names


def wake(store: Store, names: Sequence[str], at: datetime) -> None:
    """Make these due."""
    rows = schema.relationships
    with store.begin() as tx:
        tx.execute(rows.update().where(rows.c.id.in_(names)).values(wake_at=at))


def effects(store: Store, names: Sequence[str], now: datetime, number: int) -> None:
    """Insert one event that is to be written now for each of these."""
    wanted = [Intent(name, number, 0, IntentKind.WRITE_EVENT, "mentor-1", now) for name in names]
    with store.begin() as tx:
        intents.add(tx, wanted, now)


def programme(
    store: Store,
    relationships: Sequence[Relationship],
    clock: Clock,
    *,
    threads: int,
    calendars: dict[str, tuple[CalendarReader, ...]] | None = None,
) -> Programme:
    """Build one over these relationships, whose roster was taken in before."""
    people = {person.id: person for each in relationships for person in each.people}
    known = {each.id: each for each in relationships}
    deployment = Deployment(
        home=Path("no-home"), programme="Northwind Mentoring", store_url="", mail_from_name="Attune",
        mail_from_address="attune@northwind.example", smtp=SmtpSettings(host="mail.northwind.example"),
        rehearsal=True, sweep=A_WEEK, people=people, relationships=known, calendars={},
        terms=dict.fromkeys(known, "t" * 64),
    )  # fmt: skip
    owned = calendars or dict.fromkeys(people, ())
    built = Programme(deployment, store, owned, MemorySender(), Renderer(Path("no-templates")), clock, threads=threads)
    with store.begin() as tx:
        marks.put(tx, ROSTER, deployment.roster)
    return built


@contextmanager
def free_of_cost(wake_at: datetime) -> Iterator[None]:
    """Within it decisions read nothing and change nothing but when to wake, and effects are done at once."""

    def see(_self: Observer, relationship: Relationship, _state: State) -> Seen:
        return Seen(Observed({}), dict.fromkeys((person.id for person in relationship.people), 0))

    def decide(state: State, *_: object) -> Decision:
        return Decision(state, (), wake_at, (), (), ())

    def prove(*_: object) -> None:
        return

    def attempt(*_: object) -> Done:
        return Done("250 ok")

    with (
        mock.patch.object(Observer, "see", see),
        mock.patch.object(consider, "decide", decide),
        mock.patch.object(consider, "prove", prove),
        mock.patch.object(deliver, "_attempt", attempt),
    ):
        yield
