"""The tables of Procrastinate, a task engine on PostgreSQL, which keep who holds which shards; they are emptied at no loss.

There is one job for a group of shards while something in it is due, and none otherwise. What is due, for whom, and how
often it was tried is in our own tables only.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from agent.store import marks
from agent.store.engine import STILLNESS, Store, Transaction
from agent.store.errors import SchemaTooOld, StoreUnavailable
from agent.store.shards import SHARDS

if TYPE_CHECKING:
    from procrastinate import App

GROUPS = 16
"""How many jobs there are at the most: the more, the more workers find one, and the more jobs a burst takes."""

LEASES = "leases"
"""The mark that says which of Procrastinate's migrations came last."""

OLDEST = "03.04.00_50_post_add_retry_failed_job_procedure.sql"
"""The last migration of the oldest Procrastinate that we work with: where tables are that others made."""

LOCK = 0x6C6561736573
"""Number of the transaction lock under which one process at a time applies them."""


def group(number: int) -> frozenset[int]:
    """Give the shards of one group."""
    return frozenset(range(number, SHARDS, GROUPS))


def upgrade(store: Store) -> str:
    """Bring the tables up to date, from nothing if need be; say where they are now."""
    while _step(store):
        pass
    with store.begin() as tx:
        return str(marks.get(tx, LEASES)).partition("_")[0]


def ensure(store: Store) -> None:
    """See that the tables are there. Raises ``SchemaTooOld`` with the command that makes them."""
    with store.begin() as tx:
        if _next(_applied(tx)) is not None:
            raise SchemaTooOld("the tables of the workers are missing or old; make them with “attune db upgrade”")


def _step(store: Store) -> bool:
    """Apply what comes next in a transaction of its own, as it was written for; False where nothing does."""
    with store.begin() as tx:
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        applied = _applied(tx)
        script = _next(applied)
        if script is not None:
            tx.execution_options(no_parameters=True).exec_driver_sql(script.read_text(encoding="utf-8"))
        marks.put(tx, LEASES, _reached(applied, script))
    return script is not None


def _applied(tx: Transaction) -> str | None:
    """Give the migration that came last, None where there are no tables."""
    if tx.scalar(sa.select(sa.func.to_regclass("procrastinate_jobs"))) is None:
        return None
    return marks.get(tx, LEASES) or OLDEST


def _next(applied: str | None) -> Path | None:
    if applied is None:
        return _migrations()[0].parent.parent / "schema.sql"
    return next((each for each in _migrations() if each.name > applied), None)


def _reached(applied: str | None, script: Path | None) -> str:
    if applied is None:
        return _migrations()[-1].name
    return script.name if script is not None else applied


def _migrations() -> list[Path]:
    schema: Any = _engine("procrastinate.schema")
    return sorted(Path(schema.SchemaManager.get_migrations_path()).glob("*.sql"))


@asynccontextmanager
async def opened(store: Store) -> AsyncIterator[App]:
    """Open Procrastinate with connections of its own to this store. Raises ``StoreUnavailable`` where they fail."""
    engine: Any = _engine("procrastinate")
    connector = engine.PsycopgConnector(kwargs=store.login(), min_size=1, max_size=3, timeout=10, configure=_configure)
    trouble = (engine.exceptions.ConnectorException, _engine("psycopg").Error)
    try:
        app: App = engine.App(connector=connector)
        async with app.open_async():
            yield app
    except trouble as error:
        why = type(error.__cause__ or error).__name__
        raise StoreUnavailable(f"the tables of the workers cannot be used ({why})") from error


async def _configure(connection: Any) -> None:
    await connection.execute(STILLNESS)
    await connection.commit()


def _engine(module: str) -> Any:
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise StoreUnavailable("workers need the extra: pip install 'attune-agent[postgres]'") from error
