"""Takes a backup of a whole store as of one moment, while others go on working on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from agent.store import backup_file, lease_tables, migrate, schema
from agent.store.backup_file import AT_ONCE, Batch, Header, Progress
from agent.store.engine import Store, Transaction
from agent.store.errors import StoreUnavailable
from agent.store.trouble import RESTORE


def back_up(store: Store, path: Path, now: datetime, progress: Progress) -> Header:
    """Write everything that the store holds into a file, in place of any that is there; give what it is of.

    It has what the database has and nothing else: no settings, passwords or calendars. Raises ``StoreUnavailable``.
    """
    with backup_file.put_in_place(path) as unfinished, store.look() as tx:
        _sound(tx)
        rows = {table.name: tx.scalar(_kept(table, sa.func.count())) or 0 for table in schema.metadata.sorted_tables}
        header = Header(str(migrate.revision(tx)), now, rows)
        backup_file.write(unfinished, header, _batches(tx), progress)
    return header


def _sound(tx: Transaction) -> None:
    """Refuse to copy a damaged file, whose damage would only be found when the copy is needed."""
    if tx.dialect.name == "sqlite" and tx.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
        raise StoreUnavailable("the database is damaged", f"stop Attune, keep the file, and {RESTORE}")


def _batches(tx: Transaction) -> Iterator[Batch]:
    for table in schema.metadata.sorted_tables:
        columns = tuple(column.name for column in table.columns)
        query = _kept(table, *(sa.literal_column(str(column.compile(tx.engine))) for column in table.columns))
        found = tx.execute(query.order_by(*table.primary_key), execution_options={"yield_per": AT_ONCE})
        for rows in found.partitions():
            yield Batch(table.name, columns, [tuple(row) for row in rows])


def _kept(table: sa.Table, *what: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Select from everything but what is true of this very database only: how far Procrastinate's tables in it are."""
    query = sa.select(*what).select_from(table)
    return query.where(table.c.name != lease_tables.MARK) if table is schema.marks else query
