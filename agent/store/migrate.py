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


def upgrade(engine: sa.Engine) -> None:
    """Bring a database to the newest schema in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    known = ScriptDirectory.from_config(config)
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        current = revision(connection)
        if current == known.get_current_head():
            return
        if current is not None and current not in {script.revision for script in known.walk_revisions()}:
            raise SchemaTooNew(f"the database has schema {current}, made by a newer Attune; upgrade attune-agent")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def revision(connection: sa.Connection) -> str | None:
    """Give the schema's revision, None for an empty database."""
    return MigrationContext.configure(connection).get_current_revision()
