"""Inserts a row unless there is one with its key already, in the words of either database."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import sqlalchemy as sa

from agent.store.engine import Transaction


def insert(tx: Transaction, table: sa.Table, row: Mapping[str, object]) -> bool:
    """Whether it was inserted: False where there is one, even if somebody else only just put it there."""
    return tx.execute(_statement(table, tx.dialect.name), row).rowcount == 1


@lru_cache(maxsize=10)
def _statement(table: sa.Table, dialect: str) -> sa.Insert:
    """Load one database's words only: those of the other take longer than a whole start may."""
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql as words  # noqa: PLC0415
    else:
        from sqlalchemy.dialects import sqlite as words  # type: ignore[no-redef]  # noqa: PLC0415
    first = words.insert(table).on_conflict_do_nothing()
    return first.execution_options(preserve_rowcount=True)  # else PostgreSQL's is forgotten for an INSERT
