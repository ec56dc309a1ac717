"""Personal links: who may do what by one, until when, and whether it was used. Only a digest of its token is kept.

A token is 256 random bits, so its plain digest tells nobody what it is. Whoever has the store cannot open a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from agent.store.engine import Transaction
from agent.store.schema import links as rows

GRANT = "grant"
"""The purpose of a link by which somebody gives access to their calendar."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link that may be followed now."""

    digest: str
    person: str
    purpose: str
    expires: datetime


def digest_of(token: str) -> str:
    """Give what is kept of a token."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def add(tx: Transaction, token: str, person: str, purpose: str, now: datetime, expires: datetime) -> None:
    """Keep a new one."""
    values = {"person": person, "purpose": purpose, "made_at": now, "expires": expires}
    tx.execute(rows.insert().values(digest=digest_of(token), **values))


def find(tx: Transaction, token: str, purpose: str, now: datetime) -> Link | None:
    """Give the link of a token; None where there is none for this purpose, it was used, or is over."""
    valid = sa.and_(rows.c.purpose == purpose, rows.c.used_at.is_(None), rows.c.expires > now)
    row = tx.execute(rows.select().where(rows.c.digest == digest_of(token), valid)).one_or_none()
    return None if row is None else Link(row.digest, row.person, row.purpose, row.expires)


def use(tx: Transaction, person: str, purpose: str, now: datetime) -> None:
    """End every link that a person has for a purpose: it is fulfilled, or nobody is to do it any more."""
    theirs = sa.and_(rows.c.person == person, rows.c.purpose == purpose, rows.c.used_at.is_(None))
    tx.execute(rows.update().where(theirs).values(used_at=now))


def forget(tx: Transaction, before: datetime) -> int:
    """Delete those that were over before; give how many."""
    return tx.execute(rows.delete().where(rows.c.expires < before)).rowcount
