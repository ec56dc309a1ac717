"""Opens the database, gives transactions, and turns the database's errors into ours.

SQLite runs with a write-ahead log and ``synchronous=FULL``: what was committed survives a power cut. Every transaction
that may write takes the write lock there at its start, so that none fails half-way for want of it.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc

from agent.store import migrate
from agent.store.errors import StoreBusy, StoreUnavailable
from agent.store.trouble import translated

Transaction = sa.Connection
"""One open transaction; whoever begins it commits it."""

ADVISORY_LOCK = 0x617474756E65
"""Number of the session lock on PostgreSQL; the letters of our name."""

EXCLUSIVE = ("pg_try_advisory_lock", "pg_advisory_unlock")
SHARED = ("pg_try_advisory_lock_shared", "pg_advisory_unlock_shared")

SCHEMES = ("sqlite://", "postgresql+psycopg://")

CONNECTIONS = 10
"""Connections to PostgreSQL that one process keeps; in a rush it takes as many again."""

PATIENCE_MS = 10_000
"""Milliseconds to wait for another process's transaction on SQLite."""


class Store:
    """The database of one deployment."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._looking = engine.execution_options(**_LOOKING[engine.dialect.name])

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Open a transaction: committed at the end, undone by an exception. Raises ``StoreUnavailable``."""
        with _translated(), self._engine.begin() as connection:
            _begin(connection, "BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def look(self) -> Iterator[Transaction]:
        """Read everything as of one moment, without keeping anybody from writing. Raises ``StoreUnavailable``."""
        with _translated(), self._looking.begin() as connection:
            _begin(connection, "BEGIN")
            yield connection

    def upgrade(self) -> None:
        """Bring the schema up to date, from nothing if need be. Raises ``SchemaTooNew``."""
        with self.begin() as tx:
            migrate.upgrade(tx)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Be the only process at work on this store, until it ends or dies. Raises ``StoreBusy``."""
        locked = self._locked_session(EXCLUSIVE, _BUSY) if self.serves_many else self._locked_file()
        with locked:
            yield

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Be one of several processes at work on this store, until it ends or dies. Raises ``StoreBusy``.

        Nobody can be there exclusively meanwhile. Only where ``serves_many``.
        """
        with self._locked_session(SHARED, _ALONE):
            yield

    @property
    def serves_many(self) -> bool:
        """Whether several processes can be at work on it at once."""
        return self._engine.dialect.name != "sqlite"

    def login(self) -> dict[str, Any]:
        """Give what PostgreSQL's driver needs to connect by itself, the password included."""
        return dict(self._engine.dialect.create_connect_args(self._engine.url)[1])

    @contextmanager
    def _locked_file(self) -> Iterator[None]:
        with Path(f"{self._engine.url.database}.lock").open("w", encoding="ascii") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise StoreBusy(_BUSY) from None
            yield

    @contextmanager
    def _locked_session(self, lock: tuple[str, str], busy: str) -> Iterator[None]:
        take, give_back = (getattr(sa.func, name)(ADVISORY_LOCK) for name in lock)
        with _translated(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not connection.scalar(sa.select(take)):
                raise StoreBusy(busy)
            try:
                yield
            finally:
                connection.execute(sa.select(give_back))

    def is_empty(self) -> bool:
        """Whether there is no table in it, nobody's."""
        with self.look() as tx:
            return not sa.inspect(tx).get_table_names()

    def is_made(self) -> bool:
        """Whether our tables are there; to ask makes no file."""
        if not self.serves_many and not Path(str(self._engine.url.database)).exists():
            return False
        with self.look() as tx:
            return migrate.revision(tx) is not None

    def try_writing(self) -> None:
        """Write something that changes nothing, through to the disk. Raises ``StoreUnavailable``."""
        with self.begin() as tx:
            migrate.rewrite_revision(tx)

    def ping(self) -> str:
        """Say what database this is and at which schema."""
        with self.begin() as tx:
            if tx.dialect.name == "sqlite":
                version = tx.scalar(sa.select(sa.func.sqlite_version()))
                return f"SQLite {version}, schema {migrate.revision(tx)}"
            version = str(tx.scalar(sa.select(sa.func.current_setting("server_version"))))
            return f"PostgreSQL {version.split()[0]}, schema {migrate.revision(tx)}"

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()


_LOOKING: dict[str, dict[str, Any]] = {
    "sqlite": {},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}

_MEND = "write “sqlite:///attune.db” or “postgresql+psycopg://user@host/database” as “store” in attune.yaml"
_BUSY = "another attune is at work on this store; stop that one first"
_ALONE = "an attune without --workers is at work on this store; stop that one first"

STILLNESS = "SET idle_in_transaction_session_timeout = '8s'"
"""Tells PostgreSQL to end a transaction whose process stopped in the middle of it, and so to free what it locked."""


def open_store(url: str, *, durable: bool = True) -> Store:
    """Open a database by its URL, ``sqlite:///…`` or ``postgresql+psycopg://…``; nothing is connected yet.

    One that is not ``durable`` need not survive a power cut, only the death of the process: for what is thrown away.
    """
    if not url.startswith(SCHEMES):
        raise StoreUnavailable("the store's address is neither sqlite:///… nor postgresql+psycopg://…", _MEND)
    try:
        engine = sa.create_engine(url, **_options(url))
    except (exc.ArgumentError, ValueError) as error:
        raise StoreUnavailable("the store's address cannot be understood", _MEND) from error
    except ModuleNotFoundError as error:
        raise StoreUnavailable("PostgreSQL needs the extra: pip install 'attune-agent[postgres]'") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
        if not durable:
            event.listen(engine, "connect", _hasten)
    else:
        event.listen(engine, "connect", _bound)
    return Store(engine)


def _options(url: str) -> dict[str, Any]:
    """On SQLite as many connections as threads ask for; on PostgreSQL so many, each tried before it is used."""
    if url.startswith("sqlite"):
        return {"max_overflow": -1, "connect_args": {"timeout": PATIENCE_MS / 1000}}
    return {"pool_size": CONNECTIONS, "max_overflow": CONNECTIONS, "pool_pre_ping": True}


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={PATIENCE_MS}"):
        connection.execute(f"PRAGMA {pragma}").close()


def _hasten(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF").close()


def _bound(connection: Any, _record: Any) -> None:
    connection.execute(STILLNESS)
    connection.commit()


def _begin(connection: sa.Connection, how: str) -> None:
    """Begin on SQLite, whose driver is told not to; a listener for that would slow down every statement."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(how)


@contextmanager
def nested(tx: Transaction) -> Iterator[None]:
    """Do something whole or not at all within a transaction. Raises ``StoreUnavailable``, as a deadlock does."""
    with _translated(), tx.begin_nested():
        yield


@contextmanager
def _translated() -> Iterator[None]:
    """Name what went wrong with the database itself; a mistake in our own SQL stays what it is."""
    try:
        yield
    except (exc.DatabaseError, exc.InterfaceError, exc.TimeoutError) as error:
        if (ours := translated(error)) is None:
            raise
        raise ours from error
