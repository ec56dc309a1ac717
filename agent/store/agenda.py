"""When each kind of thing is next to be done, in one statement: asking what is due costs hardly anything."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa

from agent.store import calendars, claims, lease_time, relationships
from agent.store.engine import Transaction
from agent.store.intents import DOING, PENDING, UNKNOWN
from agent.store.shards import Shards


class Agenda(NamedTuple):
    """The earliest moments, None where there is none: to ask a calendar, to decide, and to carry something out.

    ``lease`` and ``begun`` are when the first claim on a relationship, and on an intent, runs out.
    """

    ask: datetime | None
    wake: datetime | None
    lease: datetime | None
    pending: datetime | None
    unknown: datetime | None
    begun: datetime | None

    @property
    def work(self) -> datetime | None:
        """When something is next to be decided or carried out by itself."""
        moments = (self.wake, self.lease, self.pending, self.unknown, self.begun)
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

    def carrying(self, now: datetime) -> tuple[str, ...]:
        """Of what status there are intents that may be carried out now."""
        there = {
            UNKNOWN: _due(self.unknown, now),
            PENDING: _due(self.pending, now),
            DOING: lease_time.is_over(self.begun, now),
        }
        return tuple(status for status, is_there in there.items() if is_there)


def _due(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def read(tx: Transaction, shards: Shards = None) -> Agenda:
    """Look at what comes next in some shards."""
    return Agenda._make(tx.execute(_query(shards and frozenset(shards))).one())


@lru_cache(maxsize=100)
def _query(shards: Shards) -> sa.Select[tuple[datetime | None, ...]]:
    parts = (calendars.moment(shards), *relationships.moments(shards), *claims.moments(shards))
    return sa.select(*(part.scalar_subquery() for part in parts))
