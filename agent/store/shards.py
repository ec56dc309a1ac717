"""Which of the 64 shards a relationship, or a person's calendars, belong to: one worker at a time holds a shard."""

from __future__ import annotations

from zlib import crc32

SHARDS = 64
"""How many there are. It is written into rows, and can change by a migration only."""


def shard_of(name: str) -> int:
    """Give the shard of a relationship or person by its id."""
    return crc32(name.encode()) % SHARDS
