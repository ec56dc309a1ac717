"""Which of the 64 shards a relationship, or a person's calendars, belong to: one worker at a time holds a shard."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from zlib import crc32

import sqlalchemy as sa

SHARDS = 64
"""How many there are. It is written into rows, and can change by a migration only."""


Shards = AbstractSet[int] | None
"""Those that somebody works on; None: all of them."""


def shard_of(name: str) -> int:
    """Give the shard of a relationship or person by its id."""
    return crc32(name.encode()) % SHARDS


def within(column: sa.ColumnElement[int], shards: Shards) -> sa.ColumnElement[bool]:
    """Restrict rows to those of some shards."""
    return sa.true() if shards is None else column.in_(sorted(shards))
