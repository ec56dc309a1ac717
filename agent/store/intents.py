"""Intents as they are recorded, withdrawn, counted and looked up; ``claims`` has how they are carried out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from agent.core.intents import Intent, IntentKind, MailKind
from agent.store.engine import Transaction
from agent.store.schema import intents as rows
from agent.store.shards import shard_of

PENDING, DOING, UNKNOWN, DONE, WITHDRAWN, FAILED = "pending", "doing", "unknown", "done", "withdrawn", "failed"
OPEN = (PENDING, DOING, UNKNOWN)
WRITES = (IntentKind.WRITE_EVENT.value, IntentKind.REMOVE_EVENT.value)


@dataclass(frozen=True, slots=True)
class Troubled:
    """An intent that was set aside, by its key, and why."""

    key: str
    relationship: str
    person: str
    problem: str


def add(tx: Transaction, intents: Sequence[Intent], now: datetime) -> None:
    """Record new intents; one whose key is there already stays as it is.

    Only one that was withdrawn before anybody could have heard of it is wanted again when it is decided again.
    """
    fresh = {intent.key: intent for intent in reversed(intents)}
    for row in tx.execute(_KNOWN, {"keys": list(fresh)}).all() if fresh else ():
        intent = fresh.pop(row.key)
        if row.status == WITHDRAWN and not row.lost:
            again = {"status": PENDING, "not_before": intent.not_before, "expires": intent.expires}
            tx.execute(rows.update().where(rows.c.key == intent.key).values(**again, problem=None, finished_at=None))
    if fresh:
        tx.execute(_NEW, [_values(intent) | {"recorded_at": now} for intent in reversed(fresh.values())])


_KNOWN, _NEW = rows.select().where(rows.c.key.in_(sa.bindparam("keys", expanding=True))), rows.insert()
"""Built once, which takes longer than to run them."""


def redo(tx: Transaction, keys: Sequence[str]) -> None:
    """Let those of these that write events be recorded once more although they were done: that was somewhere else."""
    if keys:
        done = sa.and_(rows.c.status == DONE, rows.c.kind == IntentKind.WRITE_EVENT.value)
        tx.execute(rows.update().where(rows.c.key.in_(keys), done).values(status=WITHDRAWN, lost=0))


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


def outstanding_writes(tx: Transaction, relationship: str, number: int) -> frozenset[str]:
    """People in whose calendars an event of this meeting is still to be written or removed."""
    return frozenset(tx.scalars(_OUTSTANDING, {"of": relationship, "this": number}))


def written_at(tx: Transaction, relationship: str, number: int, person: str) -> datetime | None:
    """When an event of a meeting was last written into a person's calendar."""
    query = sa.select(sa.func.max(rows.c.finished_at)).where(
        rows.c.relationship == relationship,
        rows.c.number == number,
        rows.c.person == person,
        rows.c.kind == IntentKind.WRITE_EVENT.value,
        rows.c.status == DONE,
    )
    at: datetime | None = tx.scalar(query)
    return at


def lost_write(tx: Transaction, relationship: str, number: int, person: str) -> bool:
    """Whether a write of any revision of a meeting into a person's calendar has an outcome that nobody recorded."""
    return tx.execute(_LOST, {"of": relationship, "this": number, "whose": person}).first() is not None


_A_WRITE = sa.and_(
    rows.c.relationship == sa.bindparam("of"),
    rows.c.number == sa.bindparam("this"),
    sa.or_(*(rows.c.kind == kind for kind in WRITES)),
)
_OUTSTANDING = sa.select(rows.c.person).where(_A_WRITE, sa.or_(*(rows.c.status == status for status in OPEN)))
_LOST = sa.select(rows.c.key).where(_A_WRITE, rows.c.person == sa.bindparam("whose"), rows.c.lost > 0).limit(1)
"""Built once, which takes longer than to run them, and without lists, which are written into a statement each time."""


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


def counts(tx: Transaction) -> dict[str, int]:
    """How many there are in each status."""
    query = sa.select(rows.c.status, sa.func.count()).group_by(rows.c.status)
    return {row[0]: row[1] for row in tx.execute(query)}


def troubled(tx: Transaction) -> list[Troubled]:
    """Those that were set aside, oldest first."""
    query = rows.select().where(rows.c.status == FAILED).order_by(rows.c.finished_at, rows.c.key)
    return [Troubled(row.key, row.relationship, row.person, row.problem) for row in tx.execute(query)]


def retry(tx: Transaction, key: str, now: datetime) -> None:
    """Put one that was set aside back in the queue."""
    aside = sa.and_(rows.c.key == key, rows.c.status == FAILED)
    tx.execute(rows.update().where(aside).values(status=PENDING, not_before=now, finished_at=None, odd=0))


def hurry(tx: Transaction, person: str, problem: str, now: datetime) -> int:
    """Have what waits for a person because of a problem tried now: it is over. Give how many."""
    theirs = sa.and_(rows.c.person == person, rows.c.status == PENDING, rows.c.problem == problem)
    return tx.execute(rows.update().where(theirs, rows.c.not_before > now).values(not_before=now)).rowcount


def of_row(row: Any) -> Intent:
    """Give the intent that a row is of."""
    mail = MailKind(row.mail) if row.mail else None
    kind = IntentKind(row.kind)
    return Intent(row.relationship, row.number, row.revision, kind, row.person, row.not_before, mail, row.expires)
