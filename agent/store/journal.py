"""The journal: lines are added and read, never changed; a trigger in the database sees to it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from agent.core.journal import Entry
from agent.store.engine import Transaction
from agent.store.schema import journal as rows


def write(tx: Transaction, entries: Iterable[Entry]) -> None:
    """Add lines, in this order."""
    values = [
        {
            "at": entry.at,
            "event": entry.event,
            "relationship": entry.relationship,
            "number": entry.number,
            "person": entry.person,
            "detail": json.dumps(dict(entry.detail), sort_keys=True, ensure_ascii=False),
        }
        for entry in entries
    ]
    if values:
        tx.execute(_LINES, values)


_LINES = rows.insert()


def read(tx: Transaction, *, relationship: str | None = None) -> list[Entry]:
    """Every line, or those of one relationship, oldest first."""
    query = rows.select().order_by(rows.c.id)
    if relationship is not None:
        query = query.where(rows.c.relationship == relationship)
    return [
        Entry(row.at, row.event, row.relationship, row.number, row.person, json.loads(row.detail))
        for row in tx.execute(query)
    ]
