"""What each person has granted at each provider: whether it works, what of it was ticked, and its sealed secret.

``version`` counts what was kept as the secret. Whoever writes names the version it has seen, so of two who renew the
same token at once one finds out that the other was first. A row outlives its grant, and its version never goes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from agent.store import unless_there
from agent.store.engine import Transaction
from agent.store.schema import grants as rows

WORKING, NEEDS_CONSENT, REVOKED = "working", "needs-consent", "revoked"


@dataclass(frozen=True, slots=True)
class Grant:
    """One row. ``account`` and ``secret`` are sealed, and gone once it was revoked; scopes are the provider's names.

    ``used_at`` is exact to a day. ``reported_at`` is when the administrator was told that it needs consent.
    """

    person: str
    provider: str
    status: str
    version: int
    account: str | None
    secret: str | None
    asked: frozenset[str]
    granted: frozenset[str]
    given_at: datetime
    used_at: datetime
    renewed_at: datetime
    failed_at: datetime | None
    reported_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a new grant brings along: the account and the secret, both sealed, and the scopes."""

    account: str
    secret: str
    asked: frozenset[str]
    granted: frozenset[str]


def find(tx: Transaction, person: str, provider: str) -> Grant | None:
    """Give one, None where there never was one."""
    row = tx.execute(rows.select().where(_this(person, provider))).one_or_none()
    return None if row is None else _grant(row)


def every(tx: Transaction, person: str | None = None) -> list[Grant]:
    """Give all, or those of one person."""
    query = rows.select().order_by(rows.c.person, rows.c.provider)
    if person is not None:
        query = query.where(rows.c.person == person)
    return [_grant(row) for row in tx.execute(query)]


def give(tx: Transaction, person: str, provider: str, brought: Sealed, now: datetime) -> None:
    """Keep a new grant, in the place of whatever was there."""
    values = {
        "status": WORKING,
        "account": brought.account,
        "secret": brought.secret,
        "asked": " ".join(sorted(brought.asked)),
        "granted": " ".join(sorted(brought.granted)),
        "given_at": now,
        "used_at": now,
        "renewed_at": now,
    }
    if unless_there.insert(tx, rows, {"person": person, "provider": provider, "version": 1} | values):
        return
    anew = values | {"version": rows.c.version + 1, "failed_at": None, "reported_at": None}
    tx.execute(rows.update().where(_this(person, provider)).values(anew))


def renew(tx: Transaction, person: str, provider: str, secret: str, seen: int, now: datetime) -> bool:
    """Keep a renewed secret in the place of version ``seen``; whether that was still the newest, and working."""
    current = sa.and_(_this(person, provider), rows.c.version == seen, rows.c.status == WORKING)
    values = {"secret": secret, "version": seen + 1, "renewed_at": now}
    return tx.execute(rows.update().where(current).values(values)).rowcount == 1


def break_off(tx: Transaction, person: str, provider: str, seen: int, now: datetime) -> bool:
    """Note that version ``seen`` does not work any more; whether it was the newest, and worked until now."""
    current = sa.and_(_this(person, provider), rows.c.version == seen, rows.c.status == WORKING)
    return tx.execute(rows.update().where(current).values(status=NEEDS_CONSENT, failed_at=now)).rowcount == 1


def revoke(tx: Transaction, person: str, provider: str, now: datetime) -> bool:
    """Forget account and secret; whether there was anything to forget."""
    there = sa.and_(_this(person, provider), rows.c.status != REVOKED)
    gone = {"status": REVOKED, "account": None, "secret": None, "version": rows.c.version + 1, "failed_at": now}
    return tx.execute(rows.update().where(there).values(gone)).rowcount == 1


def use(tx: Transaction, person: str, provider: str, now: datetime) -> None:
    """Note that it was used."""
    tx.execute(rows.update().where(_this(person, provider)).values(used_at=now))


def report(tx: Transaction, person: str, provider: str, now: datetime) -> None:
    """Note that the administrator was told."""
    tx.execute(rows.update().where(_this(person, provider)).values(reported_at=now))


def reseal(tx: Transaction, grant: Grant, account: str | None, secret: str | None) -> bool:
    """Put the same under another key; False where something else was kept since."""
    same = sa.and_(_this(grant.person, grant.provider), rows.c.version == grant.version, rows.c.secret == grant.secret)
    return tx.execute(rows.update().where(same).values(account=account, secret=secret)).rowcount == 1


def idle(tx: Transaction, since: datetime) -> list[Grant]:
    """Those that work and were not used since then."""
    query = rows.select().where(rows.c.status == WORKING, rows.c.used_at < since)
    return [_grant(row) for row in tx.execute(query.order_by(rows.c.person, rows.c.provider))]


def broken(tx: Transaction) -> list[Grant]:
    """Those that need the person's consent, longest first."""
    query = rows.select().where(rows.c.status == NEEDS_CONSENT)
    return [_grant(row) for row in tx.execute(query.order_by(rows.c.failed_at, rows.c.person, rows.c.provider))]


def _this(person: str, provider: str) -> sa.ColumnElement[bool]:
    return sa.and_(rows.c.person == person, rows.c.provider == provider)


def _grant(row: Any) -> Grant:
    found = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's name for what a row holds
    return Grant(**found | {"asked": frozenset(row.asked.split()), "granted": frozenset(row.granted.split())})
