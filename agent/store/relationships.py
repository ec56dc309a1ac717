"""One row a relationship: its state, when to look at it again, and the terms that bind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from agent.core.relationships import State
from agent.store import state_json
from agent.store.engine import Transaction
from agent.store.errors import Stale
from agent.store.schema import relationships as rows
from agent.store.shards import shard_of


@dataclass(frozen=True, slots=True)
class Stored:
    """A relationship as it stands. ``version`` rises with every decision; ``trouble`` is why it was set aside."""

    state: State
    version: int
    wake_at: datetime | None
    trouble: str | None


def synchronise(tx: Transaction, terms: Mapping[str, str], now: datetime) -> list[str]:
    """Take in the roster: new ones and those whose terms changed are due now, those no longer named sleep for good."""
    known = {row.id: row.terms for row in tx.execute(sa.select(rows.c.id, rows.c.terms))}
    new = [name for name in terms if name not in known]
    changed = [name for name in terms if name in known and known[name] != terms[name]]
    gone = [name for name in known if name not in terms and known[name]]
    for name in new:
        fresh = {"state": state_json.dump(State()), "version": 0, "troubles": 0, "shard": shard_of(name)}
        tx.execute(rows.insert().values(id=name, terms=terms[name], wake_at=now, **fresh))
    for name in changed:
        tx.execute(rows.update().where(rows.c.id == name).values(terms=terms[name], wake_at=now))
    for name in gone:
        tx.execute(rows.update().where(rows.c.id == name).values(terms="", wake_at=None))
    return [*new, *changed, *gone]


def due(tx: Transaction, now: datetime, limit: int = 100) -> list[str]:
    """Those whose time has come, longest overdue first."""
    query = sa.select(rows.c.id).where(rows.c.wake_at <= now).order_by(rows.c.wake_at, rows.c.id).limit(limit)
    return list(tx.scalars(query))


def find(tx: Transaction, name: str) -> Stored | None:
    """One relationship, None where it has no row yet."""
    row = tx.execute(rows.select().where(rows.c.id == name)).one_or_none()
    return None if row is None else Stored(state_json.load(row.state), row.version, row.wake_at, row.trouble)


def load(tx: Transaction, name: str) -> Stored:
    """One relationship that has a row."""
    found = find(tx, name)
    if found is None:
        raise LookupError(f"relationship {name} has no row")
    return found


def save(tx: Transaction, name: str, version: int, state: State, wake_at: datetime | None) -> None:
    """Record a decision, if nobody decided since that version was read. Raises ``Stale``."""
    changed = tx.execute(
        rows.update()
        .where(rows.c.id == name, rows.c.version == version)
        .values(state=state_json.dump(state), wake_at=wake_at, version=version + 1, troubles=0, trouble=None)
    )
    if changed.rowcount != 1:
        raise Stale(f"relationship {name} has moved on")


def troubled(tx: Transaction) -> list[tuple[str, str]]:
    """Those in the programme that were set aside and have not been decided since, each with why."""
    found = sa.select(rows.c.id, rows.c.trouble).where(rows.c.trouble.is_not(None), rows.c.terms != "")
    return [(row.id, row.trouble) for row in tx.execute(found.order_by(rows.c.id))]


def wake(tx: Transaction, names: Iterable[str], at: datetime) -> None:
    """Have these looked at by then, if not earlier."""
    later = sa.or_(rows.c.wake_at.is_(None), rows.c.wake_at > at)
    tx.execute(rows.update().where(rows.c.id.in_(list(names)), rows.c.terms != "", later).values(wake_at=at))


def sleep(tx: Transaction, name: str) -> None:
    """Never look at this one by itself."""
    tx.execute(rows.update().where(rows.c.id == name).values(wake_at=None))


def next_wake(tx: Transaction) -> datetime | None:
    """When the next one is due."""
    earliest: datetime | None = tx.scalar(sa.select(sa.func.min(rows.c.wake_at)))
    return earliest


def set_aside(tx: Transaction, name: str, reason: str, until: datetime) -> None:
    """Let one rest whose decision failed, and keep why."""
    tx.execute(
        rows.update()
        .where(rows.c.id == name)
        .values(wake_at=until, trouble=reason, troubles=rows.c.troubles + 1, version=rows.c.version + 1)
    )
