"""The tables of Procrastinate, brought up to date beside our own; a mark says which of its migrations came last."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from agent.store import marks
from agent.store.engine import Store, Transaction
from agent.store.errors import SchemaTooOld, StoreUnavailable

MARK = "leases"

OLDEST = "03.04.00_50_post_add_retry_failed_job_procedure.sql"
"""The last migration of the oldest Procrastinate that we work with: where tables are that others made."""

LOCK = 0x6C6561736573
"""Number of the transaction lock under which one process at a time applies them."""


def upgrade(store: Store) -> str:
    """Bring the tables up to date, from nothing if need be; give the version that they have now."""
    while _step(store):
        pass
    with store.look() as tx:
        return str(marks.get(tx, MARK)).partition("_")[0]


def ensure(store: Store) -> None:
    """See that the tables are there. Raises ``SchemaTooOld`` with the command that makes them."""
    with store.look() as tx:
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
        marks.put(tx, MARK, _reached(applied, script))
    return script is not None


def _applied(tx: Transaction) -> str | None:
    """Give the migration that came last, None where there are no tables."""
    if tx.scalar(sa.select(sa.func.to_regclass("procrastinate_jobs"))) is None:
        return None
    return marks.get(tx, MARK) or OLDEST


def _next(applied: str | None) -> Path | None:
    if applied is None:
        return _migrations()[0].parent.parent / "schema.sql"
    return next((each for each in _migrations() if each.name > applied), None)


def _reached(applied: str | None, script: Path | None) -> str:
    if applied is None:
        return _migrations()[-1].name
    return script.name if script is not None else applied


def _migrations() -> list[Path]:
    schema = procrastinate("schema")
    return sorted(Path(schema.SchemaManager.get_migrations_path()).glob("*.sql"))


def procrastinate(module: str) -> Any:
    """Import a part of Procrastinate, on first use. Raises ``StoreUnavailable`` where it is not installed."""
    try:
        return import_module(f"procrastinate.{module}")
    except ModuleNotFoundError as error:
        raise StoreUnavailable("workers need the extra: pip install 'attune-agent[postgres]'") from error
