"""When each kind of thing is next to be done, in one statement: asking what is due costs hardly anything."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from agent.store import calendars, claims, lease_time, relationships
from agent.store.claims import BEGUN, WAITING, Queue
from agent.store.engine import Transaction
from agent.store.shards import Shards


class Agenda(NamedTuple):
    """The earliest moments, None where there is none: to ask a calendar, to decide, and to carry something out.

    ``lease`` and ``begun`` are when the first claim on a relationship, and on an intent, runs out; ``waiting`` is when
    the first of each queue of intents is due.
    """

    ask: datetime | None
    wake: datetime | None
    lease: datetime | None
    begun: datetime | None
    waiting: tuple[datetime | None, ...]

    @property
    def work(self) -> datetime | None:
        """When something is next to be decided or carried out by itself."""
        moments = (self.wake, self.lease, self.begun, *self.waiting)
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def first(self) -> datetime | None:
        """When anything is next to be done."""
        return min((moment for moment in (self.ask, self.work) if moment is not None), default=None)

    def asking(self, now: datetime) -> bool:
        """Whether a calendar is to be asked now."""
        return _due(self.ask, now)

    def deciding(self, now: datetime) -> bool:
        """Whether a relationship may have to be decided now."""
        return _due(self.wake, now) or lease_time.is_over(self.lease, now)

    def carrying(self, now: datetime) -> tuple[Queue, ...]:
        """In which queues there are intents that may be carried out now."""
        waiting = (queue for queue, moment in zip(WAITING, self.waiting, strict=True) if _due(moment, now))
        return (*waiting, *(BEGUN if lease_time.is_over(self.begun, now) else ()))


def _due(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def read(tx: Transaction, shards: Shards = None) -> Agenda:
    """Look at what comes next in some shards."""
    row = tx.execute(_query(shards and frozenset(shards))).one()
    ask, wake, lease, begun = row[:4]
    return Agenda(ask, wake, lease, begun, tuple(row[4:]))


@lru_cache(maxsize=100)
def _query(shards: Shards) -> sa.Select[Any]:
    parts = (calendars.moment(shards), *relationships.moments(shards), *claims.moments(shards))
    return sa.select(*(part.scalar_subquery() for part in parts))
