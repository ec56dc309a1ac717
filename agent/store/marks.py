"""A few facts about the store as a whole, by name: which roster it has taken in, when it was last looked through."""

from __future__ import annotations

import sqlalchemy as sa

from agent.store.engine import Transaction
from agent.store.schema import marks as rows


def get(tx: Transaction, name: str) -> str | None:
    """Give a mark, None where it was never put."""
    found: str | None = tx.scalar(sa.select(rows.c.value).where(rows.c.name == name))
    return found


def put(tx: Transaction, name: str, value: str) -> None:
    """Put a mark, or another in its place."""
    if not tx.execute(rows.update().where(rows.c.name == name).values(value=value)).rowcount:
        tx.execute(rows.insert().values(name=name, value=value))
