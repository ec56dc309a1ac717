"""Which shards have something to do now: for workers, who ask once and then lease what is due."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from agent.store.engine import Transaction
from agent.store.intents import DOING, PENDING, UNKNOWN
from agent.store.schema import calendars, intents, relationships


def shards(tx: Transaction, now: datetime) -> frozenset[int]:
    """Give the shards in which somebody is to be decided, an effect carried out or taken over, or a calendar asked.

    What belongs to a relationship that somebody holds is not due: whoever holds it does it.
    """
    free = sa.or_(relationships.c.lease_until.is_(None), relationships.c.lease_until <= now)
    held = sa.exists().where(relationships.c.id == intents.c.relationship, relationships.c.lease_until > now)
    waiting = sa.and_(intents.c.status.in_([PENDING, UNKNOWN]), intents.c.not_before <= now)
    abandoned = sa.and_(intents.c.status == DOING, intents.c.lease_until <= now)
    found = sa.union(
        sa.select(relationships.c.shard).where(relationships.c.wake_at <= now, free),
        sa.select(intents.c.shard).where(waiting, ~held),
        sa.select(intents.c.shard).where(abandoned, ~held),
        sa.select(calendars.c.shard).where(calendars.c.ask_at <= now),
    )
    return frozenset(tx.scalars(found))
