"""Applies the numbered migrations, and refuses a schema newer than this program knows."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from agent.store.errors import SchemaTooNew

LOCK = 0x6D696772
"""Number of the transaction lock under which PostgreSQL migrates one process at a time."""

NEWEST = "head"


def upgrade(engine: sa.Engine) -> None:
    """Bring a database to the newest schema in one transaction."""
    with engine.begin() as connection:
        lock(connection)
        bring(connection, NEWEST)


def lock(connection: sa.Connection) -> None:
    """Be the only one who changes the schema until this transaction ends; SQLite has one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))


def bring(connection: sa.Connection, to: str) -> None:
    """Bring a database up to a revision in this transaction. Raises ``SchemaTooNew``."""
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    current = revision(connection)
    if current == scripts.get_current_head():
        return
    if current is not None and not knows(current):
        raise SchemaTooNew(
            f"the database has schema {current}, made by a newer Attune; upgrade attune-agent, or put a backup from"
            " before back with “attune restore FILE”"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def knows(name: str) -> bool:
    """Whether this program knows a revision."""
    return name in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def revision(connection: sa.Connection) -> str | None:
    """Give the schema's revision, None for an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def rewrite_revision(connection: sa.Connection) -> None:
    """Write the schema's revision once more, as it is."""
    connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
