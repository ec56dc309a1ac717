"""Intents from decision to outcome: recorded, claimed under a lease, and finished once.

    pending ──claim──► doing ──► done | withdrawn | failed
       ▲                 │
       └──── put off ────┤
    unknown ◄─ lost ─────┘        an expired or abandoned claim counts as lost: its effect may have happened

Every write-back names the epoch of its claim and changes exactly one row, or raises ``Stale`` and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from agent.core.intents import Intent, IntentKind, MailKind
from agent.store.engine import Transaction
from agent.store.errors import Stale
from agent.store.schema import intents as rows
from agent.store.shards import shard_of

PENDING, DOING, UNKNOWN, DONE, WITHDRAWN, FAILED = "pending", "doing", "unknown", "done", "withdrawn", "failed"
IN_TURN = (rows.c.priority, rows.c.not_before, rows.c.number, rows.c.revision, rows.c.key)
OPEN = (PENDING, DOING, UNKNOWN)
WRITES = (IntentKind.WRITE_EVENT.value, IntentKind.REMOVE_EVENT.value)


@dataclass(frozen=True, slots=True)
class Claimed:
    """An intent that this process may carry out now.

    ``attempts`` counts claims, this one included. ``lost`` counts those whose outcome nobody knows; where there is one
    the effect may have happened.
    """

    intent: Intent
    epoch: int
    attempts: int
    lost: int

    @property
    def uncertain(self) -> bool:
        """Whether an earlier attempt may have succeeded."""
        return self.lost > 0


@dataclass(frozen=True, slots=True)
class Troubled:
    """An intent that was set aside, and why."""

    intent: Intent
    problem: str


def add(tx: Transaction, intents: Sequence[Intent], now: datetime) -> None:
    """Record new intents; one whose key is there already stays as it is.

    Only one that was withdrawn before anybody could have heard of it is wanted again when it is decided again.
    """
    for intent in intents:
        row = tx.execute(rows.select().where(rows.c.key == intent.key)).one_or_none()
        if row is None:
            tx.execute(rows.insert().values(**_values(intent), recorded_at=now))
        elif row.status == WITHDRAWN and not row.lost:
            again = {"status": PENDING, "not_before": intent.not_before, "expires": intent.expires}
            tx.execute(rows.update().where(rows.c.key == intent.key).values(**again, problem=None, finished_at=None))


def _values(intent: Intent) -> dict[str, Any]:
    return {
        "key": intent.key,
        "relationship": intent.relationship,
        "number": intent.number,
        "revision": intent.revision,
        "kind": intent.kind.value,
        "person": intent.person,
        "mail": intent.mail.value if intent.mail else None,
        "not_before": intent.not_before,
        "expires": intent.expires,
        "status": PENDING,
        "priority": _priority(intent),
        "epoch": 0,
        "attempts": 0,
        "lost": 0,
        "shard": shard_of(intent.relationship),
    }


def _priority(intent: Intent) -> int:
    """Calendars first, then mails that say what now is, then those that go with it."""
    if intent.kind is not IntentKind.SEND_MAIL:
        return 0
    return 2 if intent.mail in {MailKind.AGENDA, MailKind.FOLLOW_UP} else 1


def withdraw(tx: Transaction, relationship: str, number: int, now: datetime, *, before_revision: int) -> int:
    """Take back what older revisions of a meeting still wanted and nobody has begun; give how many."""
    stale = sa.and_(
        rows.c.relationship == relationship,
        rows.c.number == number,
        rows.c.revision < before_revision,
        rows.c.status == PENDING,
    )
    return tx.execute(
        rows.update().where(stale).values(status=WITHDRAWN, problem="superseded", finished_at=now)
    ).rowcount


def claim(tx: Transaction, now: datetime, lease: timedelta) -> Claimed | None:
    """Take the next intent that is due: by priority, then the longest due. None where nothing is."""
    open_now = sa.and_(rows.c.status.in_((PENDING, UNKNOWN)), rows.c.not_before <= now)
    expired = sa.and_(rows.c.status == DOING, rows.c.lease_until <= now)
    query = rows.select().where(sa.or_(open_now, expired))
    row = tx.execute(query.order_by(*IN_TURN).limit(1)).one_or_none()
    if row is None:
        return None
    lost = row.lost + (row.status == DOING)
    taken = tx.execute(
        rows.update()
        .where(rows.c.key == row.key, rows.c.epoch == row.epoch)
        .values(status=DOING, epoch=row.epoch + 1, lease_until=now + lease, attempts=row.attempts + 1, lost=lost)
    )
    return (
        Claimed(_intent(row), row.epoch + 1, row.attempts + 1, lost) if taken.rowcount == 1 else claim(tx, now, lease)
    )


def finish(tx: Transaction, claimed: Claimed, now: datetime, evidence: str) -> None:
    """It is done; ``evidence`` is what the provider said."""
    _write_back(tx, claimed, status=DONE, evidence=evidence, problem=None, finished_at=now)


def withdraw_claimed(tx: Transaction, claimed: Claimed, now: datetime, why: str) -> None:
    """It is not wanted any more."""
    _write_back(tx, claimed, status=WITHDRAWN, problem=why, finished_at=now)


def fail(tx: Transaction, claimed: Claimed, now: datetime, problem: str) -> None:
    """It cannot be done; it is set aside until somebody asks for it again."""
    _write_back(tx, claimed, status=FAILED, problem=problem, finished_at=now)


def postpone(tx: Transaction, claimed: Claimed, not_before: datetime, problem: str, *, lost: bool = False) -> None:
    """Try again later; ``lost`` where this attempt may have succeeded all the same."""
    status, count = (UNKNOWN if lost else PENDING), claimed.lost + lost
    _write_back(tx, claimed, status=status, lost=count, not_before=not_before, problem=problem)


def _write_back(tx: Transaction, claimed: Claimed, **values: Any) -> None:
    held = sa.and_(rows.c.key == claimed.intent.key, rows.c.epoch == claimed.epoch, rows.c.status == DOING)
    if tx.execute(rows.update().where(held).values(lease_until=None, **values)).rowcount != 1:
        raise Stale("the claim ran out and somebody else holds it")


def release(tx: Transaction, now: datetime) -> int:
    """Free what a dead process had begun, due at once and with its outcome unknown; only for whoever is alone."""
    freed = {"status": UNKNOWN, "lost": rows.c.lost + 1, "lease_until": None, "not_before": now}
    return tx.execute(rows.update().where(rows.c.status == DOING).values(freed)).rowcount


def outstanding_writes(tx: Transaction, relationship: str, number: int) -> frozenset[str]:
    """People in whose calendars an event of this meeting is still to be written or removed."""
    query = sa.select(rows.c.person).where(
        rows.c.relationship == relationship,
        rows.c.number == number,
        rows.c.kind.in_(WRITES),
        rows.c.status.in_(OPEN),
    )
    return frozenset(tx.scalars(query))


def lost_write(tx: Transaction, relationship: str, number: int, person: str) -> bool:
    """Whether a write of any revision of a meeting into a person's calendar has an outcome that nobody recorded."""
    query = sa.select(rows.c.key).where(
        rows.c.relationship == relationship,
        rows.c.number == number,
        rows.c.person == person,
        rows.c.kind.in_(WRITES),
        rows.c.lost > 0,
    )
    return tx.execute(query.limit(1)).first() is not None


def mailed(
    tx: Transaction, relationship: str, number: int, person: str, kinds: Iterable[MailKind], *, before_revision: int
) -> bool:
    """Whether a person has been sent one of these mails about older revisions of a meeting, or may have been."""
    sent = sa.or_(rows.c.status == DONE, rows.c.lost > 0)
    query = sa.select(rows.c.key).where(
        rows.c.relationship == relationship,
        rows.c.number == number,
        rows.c.person == person,
        rows.c.revision < before_revision,
        rows.c.mail.in_([kind.value for kind in kinds]),
        sent,
    )
    return tx.execute(query.limit(1)).first() is not None


def next_due(tx: Transaction) -> datetime | None:
    """When the next one may be carried out."""
    waiting = rows.c.status.in_((PENDING, UNKNOWN))
    earliest: datetime | None = tx.scalar(sa.select(sa.func.min(rows.c.not_before)).where(waiting))
    return earliest


def counts(tx: Transaction) -> dict[str, int]:
    """How many there are in each status."""
    query = sa.select(rows.c.status, sa.func.count()).group_by(rows.c.status)
    return {row[0]: row[1] for row in tx.execute(query)}


def troubled(tx: Transaction) -> list[Troubled]:
    """Those that were set aside, oldest first."""
    query = rows.select().where(rows.c.status == FAILED).order_by(rows.c.finished_at, rows.c.key)
    return [Troubled(_intent(row), row.problem) for row in tx.execute(query)]


def retry(tx: Transaction, key: str, now: datetime) -> None:
    """Put one that was set aside back in the queue."""
    aside = sa.and_(rows.c.key == key, rows.c.status == FAILED)
    tx.execute(rows.update().where(aside).values(status=PENDING, not_before=now, finished_at=None))


def _intent(row: Any) -> Intent:
    mail = MailKind(row.mail) if row.mail else None
    kind = IntentKind(row.kind)
    return Intent(row.relationship, row.number, row.revision, kind, row.person, row.not_before, mail, row.expires)
