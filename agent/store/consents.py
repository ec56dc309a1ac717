"""Consents that somebody began and has not come back from: what to remember until then, sealed, and to be used once.

A row is found by the digest of its ``state``, which only the browser and the provider have.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent.store.engine import Transaction
from agent.store.links import digest_of
from agent.store.schema import consents as rows


@dataclass(frozen=True, slots=True)
class Begun:
    """``link`` is the digest of the personal link it began with, ``memory`` is sealed."""

    link: str
    person: str
    provider: str
    memory: str
    expires: datetime


def begin(tx: Transaction, state: str, begun: Begun) -> None:
    """Remember one."""
    values = {"link": begun.link, "person": begun.person, "provider": begun.provider, "memory": begun.memory}
    tx.execute(rows.insert().values(digest=digest_of(state), expires=begun.expires, **values))


def take(tx: Transaction, state: str, now: datetime) -> Begun | None:
    """Give one and forget it; None where there is none, it is over, or somebody else was first."""
    this = rows.c.digest == digest_of(state)
    row = tx.execute(rows.select().where(this)).one_or_none()
    if row is None or tx.execute(rows.delete().where(this)).rowcount != 1 or row.expires <= now:
        return None
    return Begun(row.link, row.person, row.provider, row.memory, row.expires)


def forget(tx: Transaction, before: datetime) -> int:
    """Delete those that were over before; give how many."""
    return tx.execute(rows.delete().where(rows.c.expires < before)).rowcount


def drop(tx: Transaction, person: str) -> None:
    """Forget what a person began."""
    tx.execute(rows.delete().where(rows.c.person == person))
