"""Intents while they are carried out: claimed under a lease, and finished once.

    pending ──claim──► doing ──► done | withdrawn | failed
       ▲                 │
       └──── put off ────┤
    unknown ◄─ lost ─────┘        an expired or abandoned claim counts as lost: its effect may have happened

Every write-back names the epoch of its claim and changes exactly that row, or raises ``Stale`` and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from agent.core.intents import Intent, IntentKind
from agent.store import lease_time
from agent.store.engine import Transaction
from agent.store.errors import Stale
from agent.store.intents import DOING, DONE, FAILED, PENDING, UNKNOWN, WITHDRAWN, of_row
from agent.store.schema import intents as rows
from agent.store.schema import relationships, storable
from agent.store.shards import Shards, within

IN_TURN = (rows.c.not_before, rows.c.number, rows.c.revision, rows.c.key)
PRIORITIES = (0, 1, 2)

Queue = tuple[int, str]
"""Intents of one priority and one status, which are carried out in turn."""

WAITING: tuple[Queue, ...] = tuple((priority, status) for priority in PRIORITIES for status in (UNKNOWN, PENDING))
BEGUN: tuple[Queue, ...] = tuple((priority, DOING) for priority in PRIORITIES)


@dataclass(frozen=True, slots=True)
class Claimed:
    """An intent that this process may carry out now.

    ``attempts`` counts claims, this one included. ``lost`` counts those whose outcome nobody knows; where there is one
    the effect may have happened. ``odd`` counts those that ended in an answer that makes no sense.
    """

    intent: Intent
    epoch: int
    attempts: int
    lost: int
    odd: int = 0

    @property
    def uncertain(self) -> bool:
        """Whether an earlier attempt may have succeeded."""
        return self.lost > 0


@dataclass(frozen=True, slots=True)
class Due:
    """An intent that may be carried out now, as it stands."""

    intent: Intent
    epoch: int
    attempts: int
    lost: int
    odd: int
    status: str

    def can_queue(self) -> bool:
        """Whether it may be begun before a lane is free: it has not happened yet, and can be looked up if it is lost.

        A mail cannot: one that was lost twice is let be, and so must not be lost without having been tried.
        """
        return self.status == PENDING and not self.lost and self.intent.kind is not IntentKind.SEND_MAIL


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a claimed intent, as its row will have it."""

    claimed: Claimed
    status: str
    evidence: str | None = None
    problem: str | None = None
    finished_at: datetime | None = None
    not_before: datetime | None = None
    lost: int = 0
    odd: int = 0


def due(
    tx: Transaction,
    now: datetime,
    limit: int,
    shards: Shards = None,
    queues: Sequence[Queue] = (*WAITING, *BEGUN),
) -> list[Due]:
    """Find what may be carried out now, one a relationship that nobody is at work on: by priority, then longest due."""
    found: dict[str, Due] = {}
    moments = lease_time.moments(now) | {"limit": limit}
    for priority, status in sorted(queues, key=itemgetter(0)):
        query = _in_turn(status, priority, shards and frozenset(shards))
        for row in tx.execute(query, moments).all():
            if row.relationship not in found and (intent := _read(tx, row, now)):
                found[row.relationship] = Due(intent, row.epoch, row.attempts, row.lost, row.odd, row.status)
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


@lru_cache(maxsize=1000)
def _in_turn(status: str, priority: int, shards: frozenset[int] | None) -> sa.Select[Any]:
    """Build each query once: that takes longer than to run it."""
    overdue = lease_time.over(rows.c.lease_until) if status == DOING else rows.c.not_before <= lease_time.NOW
    same, held = relationships.c.id == rows.c.relationship, lease_time.holds(relationships.c.lease_until)
    this = sa.and_(rows.c.status == status, rows.c.priority == priority, overdue, ~sa.exists().where(same, held))
    query = rows.select().where(this, within(rows.c.shard, shards)).order_by(*IN_TURN)
    return query.limit(sa.bindparam("limit", type_=sa.Integer)).with_for_update(skip_locked=True)


def _read(tx: Transaction, row: Any, now: datetime) -> Intent | None:
    """Give the intent of a row; one that makes no sense to this program is set aside, and stops nothing."""
    try:
        intent = of_row(row)
    except ValueError:
        intent = None
    if intent is None or intent.key != row.key:
        unreadable = {"status": FAILED, "problem": "unreadable", "finished_at": now}
        tx.execute(rows.update().where(rows.c.key == row.key).values(unreadable))
        return None
    return intent


def claim(tx: Transaction, dues: Iterable[Due], now: datetime, lease: timedelta) -> list[Claimed]:
    """Begin these, in the transaction that found them. One that was begun before, and never finished, is lost."""
    claimed = [
        Claimed(due.intent, due.epoch + 1, due.attempts + 1, due.lost + (due.status == DOING), due.odd) for due in dues
    ]
    values = [
        {
            "this": each.intent.key,
            "claim": each.epoch,
            "tries": each.attempts,
            "misses": each.lost,
            "until": now + lease,
        }
        for each in claimed
    ]
    if values:
        tx.execute(_BEGUN, values)
    return claimed


_BEGUN = (
    rows.update()
    .where(rows.c.key == sa.bindparam("this"))
    .values(
        status=DOING,
        epoch=sa.bindparam("claim"),
        attempts=sa.bindparam("tries"),
        lost=sa.bindparam("misses"),
        lease_until=sa.bindparam("until"),
    )
)


def renew(tx: Transaction, claimed: Iterable[Claimed], until: datetime) -> None:
    """Give their claims longer."""
    values = [{"this": each.intent.key, "held": each.epoch, "until": until} for each in claimed]
    if values:
        tx.execute(rows.update().where(_MINE).values(lease_until=sa.bindparam("until")), values)


def finished(claimed: Claimed, now: datetime, evidence: str) -> Outcome:
    """It is done; ``evidence`` is what the provider said."""
    return Outcome(claimed, DONE, evidence=evidence, finished_at=now)


def withdrawn(claimed: Claimed, now: datetime, why: str) -> Outcome:
    """It is not wanted any more."""
    return Outcome(claimed, WITHDRAWN, problem=why, finished_at=now)


def failed(claimed: Claimed, now: datetime, problem: str) -> Outcome:
    """It cannot be done; it is set aside until somebody asks for it again."""
    return Outcome(claimed, FAILED, problem=problem, finished_at=now)


def postponed(
    claimed: Claimed, not_before: datetime, problem: str, *, lost: bool = False, odd: bool = False
) -> Outcome:
    """Try again later; ``lost`` where this attempt may have succeeded all the same, ``odd`` where it makes no sense."""
    status = UNKNOWN if lost else PENDING
    return Outcome(claimed, status, problem=problem, not_before=not_before, lost=int(lost), odd=int(odd))


def settle(tx: Transaction, outcomes: Sequence[Outcome]) -> None:
    """Write back what came of claimed intents. Raises ``Stale``, where somebody else holds one of them by now."""
    values = [
        {
            "this": outcome.claimed.intent.key,
            "held": outcome.claimed.epoch,
            "to": outcome.status,
            "proof": storable(outcome.evidence),
            "why": outcome.problem,
            "ended": outcome.finished_at,
            "then": outcome.not_before or outcome.claimed.intent.not_before,
            "misses": outcome.claimed.lost + outcome.lost,
            "nonsense": outcome.claimed.odd + outcome.odd,
        }
        for outcome in outcomes
    ]
    if values and tx.execute(_SETTLED, values).rowcount != len(values):
        raise Stale("a claim ran out and somebody else holds it")


_MINE = sa.and_(rows.c.key == sa.bindparam("this"), rows.c.epoch == sa.bindparam("held"), rows.c.status == DOING)
_SETTLED = (
    rows.update()
    .where(_MINE)
    .values(
        status=sa.bindparam("to"),
        evidence=sa.bindparam("proof"),
        problem=sa.bindparam("why"),
        finished_at=sa.bindparam("ended"),
        not_before=sa.bindparam("then"),
        lost=sa.bindparam("misses"),
        odd=sa.bindparam("nonsense"),
        lease_until=None,
    )
)


def release(tx: Transaction, now: datetime) -> int:
    """Free what a dead process had begun, due at once and with its outcome unknown; only for whoever is alone."""
    freed = {"status": UNKNOWN, "lost": rows.c.lost + 1, "lease_until": None, "not_before": now}
    return tx.execute(rows.update().where(rows.c.status == DOING).values(freed)).rowcount


def moments(shards: Shards) -> tuple[sa.Select[Any], ...]:
    """Build queries for when the first claim runs out, and when the next of each queue in ``WAITING`` is due."""
    mine = within(rows.c.shard, shards)
    waiting = (
        sa.select(sa.func.min(rows.c.not_before)).where(rows.c.status == status, rows.c.priority == priority, mine)
        for priority, status in WAITING
    )
    return (sa.select(sa.func.min(rows.c.lease_until)).where(rows.c.status == DOING, mine), *waiting)
