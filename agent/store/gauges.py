"""How a programme stands now, counted from its rows: what is due and how late, what is under way, what is in trouble.

What is done or withdrawn is not counted: it grows for years, and whoever watches has counted it as it happened.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from agent.metrics import Gauge
from agent.store import grants, intents, policies
from agent.store.engine import Transaction
from agent.store.schema import calendars
from agent.store.schema import grants as granted
from agent.store.schema import intents as effects
from agent.store.schema import relationships as pairs

WAITING, DUE = "waiting", "due"


def read(tx: Transaction, now: datetime) -> list[Gauge]:
    """Count everything at one moment; a fraction of a second with a hundred thousand relationships."""
    return [*_relationships(tx, now), *_intents(tx, now), *_calendars(tx, now), *_grants(tx, now), _policy(tx)]


def _relationships(tx: Transaction, now: datetime) -> list[Gauge]:
    due, earliest = _counted(tx, pairs.c.wake_at, pairs.c.wake_at <= now)
    asleep, _ = _counted(tx, pairs.c.wake_at, pairs.c.wake_at > now)
    ended, _ = _counted(tx, pairs.c.wake_at, pairs.c.wake_at.is_(None))
    aside, _ = _counted(tx, pairs.c.wake_at, sa.and_(pairs.c.trouble.is_not(None), pairs.c.terms != ""))
    standing = {"due": due, "asleep": asleep, "ended": ended}
    return [
        Gauge("attune_relationships", "Relationships by when they are looked at next.", "state", standing),
        Gauge.single("attune_relationships_late_seconds", "How long the most overdue is late.", _age(earliest, now)),
        Gauge.single("attune_relationships_set_aside", "Those whose last decision failed.", aside),
    ]


def _intents(tx: Transaction, now: datetime) -> list[Gauge]:
    """Age is since an intent was recorded; of one that waits for its time, since that time."""
    pending = effects.c.status == intents.PENDING
    found = {
        WAITING: (_counted(tx, effects.c.not_before, sa.and_(pending, effects.c.not_before > now))[0], None),
        DUE: _counted(tx, effects.c.not_before, sa.and_(pending, effects.c.not_before <= now)),
        **{
            status: _counted(tx, effects.c.recorded_at, effects.c.status == status)
            for status in (intents.DOING, intents.UNKNOWN, intents.FAILED)
        },
    }
    counts = {state: count for state, (count, _) in found.items()}
    ages = {state: _age(earliest, now) for state, (_, earliest) in found.items() if state != WAITING}
    return [
        Gauge("attune_intents", "Effects that are wanted and not done.", "state", counts),
        Gauge("attune_intents_age_seconds", "Age of the oldest.", "state", ages),
    ]


def _calendars(tx: Transaction, now: datetime) -> list[Gauge]:
    unreadable, since = _counted(tx, calendars.c.trouble_since, calendars.c.trouble.is_not(None))
    return [
        Gauge.single("attune_calendars_unreadable", "Calendars that cannot be read now.", unreadable),
        Gauge.single("attune_calendars_unreadable_seconds", "For how long the first of them.", _age(since, now)),
    ]


def _grants(tx: Transaction, now: datetime) -> list[Gauge]:
    broken, since = _counted(tx, granted.c.failed_at, granted.c.status == grants.NEEDS_CONSENT)
    return [
        Gauge.single("attune_grants_broken", "Grants whose owner has to agree again.", broken),
        Gauge.single("attune_grants_broken_seconds", "For how long the first of them.", _age(since, now)),
    ]


def _policy(tx: Transaction) -> Gauge:
    refused = policies.refusal(tx) is not None
    return Gauge.single("attune_policy_refused", "Whether policy.yaml has changed and is not in force.", refused)


def _counted(
    tx: Transaction, moment: sa.Column[datetime], which: sa.ColumnElement[bool]
) -> tuple[int, datetime | None]:
    row = tx.execute(sa.select(sa.func.count(), sa.func.min(moment)).where(which)).one()
    return row[0], row[1]


def _age(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max((now - moment).total_seconds(), 0.0)
