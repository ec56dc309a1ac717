"""Which shards have something to do now: for workers, who ask once and then lease what is due."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from agent.store import lease_time
from agent.store.engine import Transaction
from agent.store.intents import DOING, PENDING, UNKNOWN
from agent.store.schema import calendars, intents, relationships


def shards(tx: Transaction, now: datetime) -> frozenset[int]:
    """Give the shards in which somebody is to be decided, an effect carried out or taken over, or a calendar asked.

    What belongs to a relationship that somebody holds is not due: whoever holds it does it.
    """
    return frozenset(tx.scalars(_DUE, lease_time.moments(now)))


_SAME = relationships.c.id == intents.c.relationship
_HELD = sa.exists().where(_SAME, lease_time.holds(relationships.c.lease_until))
_WAITING = sa.and_(intents.c.status.in_([PENDING, UNKNOWN]), intents.c.not_before <= lease_time.NOW)
_ABANDONED = sa.and_(intents.c.status == DOING, lease_time.over(intents.c.lease_until))
_TO_DECIDE = sa.and_(relationships.c.wake_at <= lease_time.NOW, lease_time.free(relationships.c.lease_until))
_DUE = sa.union(
    sa.select(relationships.c.shard).where(_TO_DECIDE),
    sa.select(intents.c.shard).where(_WAITING, ~_HELD),
    sa.select(intents.c.shard).where(_ABANDONED, ~_HELD),
    sa.select(calendars.c.shard).where(calendars.c.ask_at <= lease_time.NOW),
)
