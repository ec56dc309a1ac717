"""Puts a backup in the place of a store, whichever of the two databases either was.

SQLite gets a new file, and the old one is kept beside it. PostgreSQL gets new tables in one transaction. Until the
very end nothing has changed.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from agent.core.gap import Gap
from agent.store import backup_file, lease_tables, marks, migrate, recovery, schema
from agent.store.backup_file import Batch, Header, Progress
from agent.store.engine import PATIENCE_MS, Transaction, open_store
from agent.store.errors import BadBackup, StoreNotEmpty
from agent.store.trouble import OUR_MISTAKES

OWNERS_ONLY = 0o600
"""Mode of a database's file that was put in place, whatever the replaced one had: Attune has to write it."""

ANOTHER = "give another that “attune backup” wrote"

FORGOTTEN = ("DROP TABLE IF EXISTS alembic_version", "DROP FUNCTION IF EXISTS journal_is_append_only")
"""What the migrations made besides the tables, on PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was read once from beginning to end."""

    path: Path
    header: Header


def examine(path: Path) -> Backup:
    """Read a backup and see that it can be put in place. Raises ``BadBackup``."""
    header = backup_file.verify(path)
    if not migrate.knows(header.schema):
        raise BadBackup(f"{path} has schema {header.schema}, made by a newer Attune; upgrade attune-agent")
    return Backup(path, header)


def restore(url: str, backup: Backup, gap: Gap, now: datetime, *, force: bool, progress: Progress) -> Path | None:
    """Put it in place, and mark every relationship as one whose doings since must be looked up first.

    Gives where the replaced database is kept, None where there was none or it is PostgreSQL: that one refuses, unless
    forced, to be replaced where there is anything in it. Raises ``StoreBusy``, ``StoreNotEmpty`` and ``BadBackup``.
    """
    with closing(open_store(url)) as store, store.exclusive():
        if not store.serves_many:
            return _put_beside(Path(str(sa.make_url(url).database)), backup, gap, now, progress)
        with store.begin() as tx:
            migrate.lock(tx)
            leases = _emptied(tx, force=force)
            _load(tx, backup, gap, now, progress)
            if leases is not None:
                marks.put(tx, lease_tables.MARK, leases)
    return None


def _emptied(tx: Transaction, *, force: bool) -> str | None:
    """Take our tables away. Those of Procrastinate beside them stay; gives the mark of how far they are."""
    migrate.bring(tx, migrate.NEWEST)
    if not force and tx.scalar(sa.select(sa.func.count()).select_from(schema.relationships)):
        raise StoreNotEmpty(
            "this database holds a programme; back it up first (“attune backup FILE”), then give --force to replace it"
        )
    leases = marks.get(tx, lease_tables.MARK)
    schema.metadata.drop_all(tx)
    for statement in FORGOTTEN:
        tx.exec_driver_sql(statement)
    return leases


def _put_beside(database: Path, backup: Backup, gap: Gap, now: datetime, progress: Progress) -> Path | None:
    """Make a new file, keep the old one under another name, and let the new one take its name in a single step."""
    fresh = database.with_name(f".{database.name}.restoring")
    kept = database.with_name(f"{database.name}.replaced-{now:%Y%m%dT%H%M%SZ}")
    with _unfinished(fresh):
        with closing(open_store(f"sqlite:///{fresh}")) as store, store.begin() as tx:
            _load(tx, backup, gap, now, progress)
        there = database.exists()
        fresh.chmod(OWNERS_ONLY)
        if there:
            _keep(database, kept)
        _sync(fresh)
        fresh.replace(database)
        backup_file.sync_folder(database.parent)
    return kept if there else None


@contextmanager
def _unfinished(fresh: Path) -> Iterator[None]:
    """See that nothing of an attempt is left, neither of this one nor of one that was cut short."""
    parts = [fresh, *(fresh.with_name(fresh.name + end) for end in ("-wal", "-shm", "-journal"))]
    try:
        for part in parts:
            part.unlink(missing_ok=True)
        yield
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _keep(database: Path, kept: Path) -> None:
    """Give the old file a second name. What it has not taken in from its log, if it is damaged, is kept with it."""
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database, timeout=PATIENCE_MS / 1000)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    try:
        kept.hardlink_to(database)
    except OSError:  # a file system without second names
        shutil.copy2(database, kept)
    for end in ("-wal", "-shm"):
        log = database.with_name(database.name + end)
        if log.exists():
            log.replace(kept.with_name(kept.name + end))


def _sync(file: Path) -> None:
    with file.open("rb") as handle:
        os.fsync(handle.fileno())


def _load(tx: Transaction, backup: Backup, gap: Gap, now: datetime, progress: Progress) -> None:
    """Fill an empty database: tables as they were then, the rows, the migrations since."""
    migrate.bring(tx, backup.header.schema)
    done = 0
    for batch in backup_file.read(backup.path):
        _insert(tx, batch, backup)
        done += len(batch.rows)
        progress(done, backup.header.total)
    if tx.dialect.name == "postgresql":
        newest = sa.select(sa.func.coalesce(sa.func.max(schema.journal.c.id), 0) + 1).scalar_subquery()
        tx.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence("journal", "id"), newest, sa.false())))
    migrate.bring(tx, migrate.NEWEST)
    recovery.begin(tx, gap, now)


def _insert(tx: Transaction, batch: Batch, backup: Backup) -> None:
    if not batch.rows:
        return
    try:
        known = {column["name"] for column in sa.inspect(tx).get_columns(batch.table)}
        if not known.issuperset(batch.columns):
            raise BadBackup(f"{backup.path} has columns in “{batch.table}” that its schema does not; {ANOTHER}")
        table = sa.table(batch.table, *map(sa.column, batch.columns))
        tx.execute(table.insert(), [dict(zip(batch.columns, row, strict=True)) for row in batch.rows])
    except (sa.exc.NoSuchTableError, ValueError, *OUR_MISTAKES) as error:
        raise BadBackup(
            f"{backup.path} has rows in “{batch.table}” that its schema has no place for; {ANOTHER}"
        ) from error
