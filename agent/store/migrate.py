"""Applies the numbered migrations, and refuses a schema newer than this program knows."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from agent.store.errors import SchemaTooNew

LOCK = 0x6D696772
"""Number of the transaction lock under which PostgreSQL migrates one process at a time."""

NEWEST = "head"

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: sa.Connection) -> None:
    """Bring a database to the newest schema in this transaction. Raises ``SchemaTooNew``."""
    lock(connection)
    bring(connection, NEWEST)


def lock(connection: sa.Connection) -> None:
    """Be the only one who changes the schema until this transaction ends; SQLite has one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))


def bring(connection: sa.Connection, to: str) -> None:
    """Bring a database up to a revision in this transaction. Raises ``SchemaTooNew``."""
    current, known = revision(connection), _revisions()
    if current == known[-1]:
        return
    if current is not None and current not in known:
        raise SchemaTooNew(
            f"the database has schema {current}, made by a newer Attune; upgrade attune-agent, or put a backup from"
            " before back with “attune restore FILE”"
        )
    _migrate(connection, to)


def _migrate(connection: sa.Connection, to: str) -> None:
    """Have Alembic do it, which takes longer to load than everything else that a start needs."""
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def knows(name: str) -> bool:
    """Whether this program knows a revision."""
    return name in _revisions()


def _revisions() -> list[str]:
    """Give every revision, oldest first: each begins the name of its file."""
    return sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def revision(connection: sa.Connection) -> str | None:
    """Give the schema's revision, None for an empty database."""
    if not sa.inspect(connection).has_table(_version.name):
        return None
    found: str | None = connection.scalar(sa.select(_version.c.version_num))
    return found


def rewrite_revision(connection: sa.Connection) -> None:
    """Write the schema's revision once more, as it is."""
    connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")


_version = sa.table("alembic_version", sa.column("version_num"))
"""Where Alembic keeps it."""
