"""Mails that ask somebody for access: ordered once, claimed under a lease, sent or given up.

    pending ──claim──► doing ──► sent | dropped | failed
       ▲                 │
       └──── put off ────┘        an expired claim counts as lost: the mail may have been sent

They are about a person and not about a meeting, so they are no intents; the rules are the same (ADR 0005).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from agent.store import lease_time, unless_there
from agent.store.engine import Transaction
from agent.store.schema import grant_mails as rows
from agent.store.schema import storable

PENDING, DOING, SENT, DROPPED, FAILED = "pending", "doing", "sent", "dropped", "failed"
OPEN = (PENDING, DOING)


class Kind(StrEnum):
    """Why somebody is asked."""

    INVITE = "invite"
    """Nobody has asked them yet, or an administrator asks again."""
    AGAIN = "again"
    """What they granted does not work any more."""


@dataclass(frozen=True, slots=True)
class Order:
    """One mail that this process may send now; ``lost`` counts attempts whose outcome nobody knows."""

    key: str
    person: str
    provider: str | None
    kind: Kind
    epoch: int
    attempts: int
    lost: int


def invite(tx: Transaction, person: str, now: datetime) -> bool:
    """Order an invitation; False where one is on its way already."""
    theirs = sa.and_(rows.c.person == person, rows.c.kind == Kind.INVITE.value)
    if tx.scalar(sa.select(sa.func.count()).where(theirs, rows.c.status.in_(OPEN))):
        return False
    before = tx.scalar(sa.select(sa.func.count()).where(theirs)) or 0
    return _order(tx, person, None, Kind.INVITE, before, now)


def ask_again(tx: Transaction, person: str, provider: str, version: int, now: datetime) -> bool:
    """Order the mail that a grant's version does not work any more; False where it was ordered before."""
    return _order(tx, person, provider, Kind.AGAIN, version, now)


def _order(tx: Transaction, person: str, provider: str | None, kind: Kind, occasion: int, now: datetime) -> bool:
    parts = ("attune", "grant", kind.value, person, provider or "", str(occasion))
    row = {
        "key": hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32],
        "person": person,
        "provider": provider,
        "kind": kind.value,
        "status": PENDING,
        "not_before": now,
        "epoch": 0,
        "attempts": 0,
        "lost": 0,
        "recorded_at": now,
    }
    return unless_there.insert(tx, rows, row)


def waiting(tx: Transaction, now: datetime) -> bool:
    """Whether there is one to send now."""
    return tx.execute(_due(now), lease_time.moments(now)).first() is not None


def claim(tx: Transaction, now: datetime, lease: timedelta) -> Order | None:
    """Begin the one that waits longest, None where none is due. One begun before and never finished is lost."""
    row = tx.execute(_due(now).with_for_update(skip_locked=True), lease_time.moments(now)).first()
    if row is None:
        return None
    lost = row.lost + (row.status == DOING)
    begun = {"status": DOING, "epoch": row.epoch + 1, "attempts": row.attempts + 1, "lost": lost}
    tx.execute(rows.update().where(rows.c.key == row.key).values(lease_until=now + lease, **begun))
    return Order(row.key, row.person, row.provider, Kind(row.kind), row.epoch + 1, row.attempts + 1, lost)


def _due(now: datetime) -> sa.Select[Any]:
    pending = sa.and_(rows.c.status == PENDING, rows.c.not_before <= now)
    left = sa.and_(rows.c.status == DOING, lease_time.over(rows.c.lease_until))
    return rows.select().where(sa.or_(pending, left)).order_by(rows.c.not_before, rows.c.key).limit(1)


def finish(tx: Transaction, order: Order, status: str, now: datetime, problem: str | None = None) -> bool:
    """Write down what came of it; False where somebody else holds it by now."""
    ended = {"status": status, "finished_at": now, "problem": storable(problem), "lease_until": None}
    return tx.execute(rows.update().where(_held(order)).values(ended)).rowcount == 1


def put_off(tx: Transaction, order: Order, until: datetime, problem: str, *, lost: bool = False) -> bool:
    """Have it tried again then; ``lost`` where this attempt may have succeeded. False as for ``finish``."""
    later = {"status": PENDING, "not_before": until, "problem": problem, "lost": order.lost + lost, "lease_until": None}
    return tx.execute(rows.update().where(_held(order)).values(later)).rowcount == 1


def withdraw(tx: Transaction, person: str, now: datetime) -> None:
    """Send a person none of those that wait: there is nothing to ask for any more."""
    theirs = sa.and_(rows.c.person == person, rows.c.status == PENDING)
    tx.execute(rows.update().where(theirs).values(status=DROPPED, problem="not-needed", finished_at=now))


def told(tx: Transaction) -> dict[str, datetime]:
    """When each person was last sent one."""
    last = sa.select(rows.c.person, sa.func.max(rows.c.finished_at)).where(rows.c.status == SENT)
    return {row[0]: row[1] for row in tx.execute(last.group_by(rows.c.person))}


def stuck(tx: Transaction) -> list[tuple[str, str]]:
    """People whose mail was given up for good, with why."""
    query = sa.select(rows.c.person, rows.c.problem).where(rows.c.status == FAILED).order_by(rows.c.person, rows.c.key)
    return [(row.person, row.problem) for row in tx.execute(query)]


def outlook(tx: Transaction, person: str) -> tuple[str, datetime] | None:
    """Status of the newest mail to a person, and when it was sent or is to be; None where there is none."""
    query = rows.select().where(rows.c.person == person).order_by(rows.c.recorded_at.desc(), rows.c.key).limit(1)
    row = tx.execute(query).first()
    return None if row is None else (row.status, row.finished_at or row.not_before)


def _held(order: Order) -> sa.ColumnElement[bool]:
    return sa.and_(rows.c.key == order.key, rows.c.epoch == order.epoch, rows.c.status == DOING)
