"""A few facts about the store as a whole, by name: which roster it has taken in, when it was last looked through."""

from __future__ import annotations

from zlib import crc32

import sqlalchemy as sa

from agent.store.engine import Transaction
from agent.store.schema import marks as rows


def get(tx: Transaction, name: str) -> str | None:
    """Give a mark, None where it was never put."""
    found: str | None = tx.scalar(sa.select(rows.c.value).where(rows.c.name == name))
    return found


def every(tx: Transaction) -> dict[str, str]:
    """Give all marks by name."""
    return {row.name: row.value for row in tx.execute(rows.select())}


def put(tx: Transaction, name: str, value: str) -> None:
    """Put a mark, or another in its place."""
    if not tx.execute(rows.update().where(rows.c.name == name).values(value=value)).rowcount:
        tx.execute(rows.insert().values(name=name, value=value))


def remove(tx: Transaction, name: str) -> None:
    """Take a mark away, if it is there."""
    tx.execute(rows.delete().where(rows.c.name == name))


def alone(tx: Transaction, name: str) -> None:
    """Let one transaction at a time do what goes by this name; on SQLite only one writes at all."""
    if tx.dialect.name == "postgresql":
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(crc32(name.encode()))))
