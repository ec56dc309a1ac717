"""Whatever the database says, whoever reads it learns what to do next; and whether it takes writes is tried."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import ProgrammingError

from agent.cli.failures import explain
from agent.core.gap import Gap
from agent.store import backup
from agent.store.engine import Store, open_store
from agent.store.errors import StoreError, StoreUnavailable
from agent.store.restore import examine, restore
from tests.contract.backups import LATER, quietly
from tests.factories import NOW
from tests.store.opened import upgraded
from tests.store.postgresql import Server


def advice(error: StoreError) -> str:
    assert error.advice in explain(error).sentence
    return error.advice


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    with upgraded(f"sqlite:///{tmp_path}/attune.db") as store:
        yield store


def test_to_try_writing_writes_and_changes_nothing(sqlite: Store, tmp_path: Path) -> None:
    log = tmp_path / "attune.db-wal"
    before, said = log.stat().st_size, sqlite.ping()
    sqlite.try_writing()
    assert log.stat().st_size > before
    assert sqlite.ping() == said


FILLED = """
import resource, signal, sys
from pathlib import Path
from agent.store.engine import open_store
from agent.store.errors import StoreUnavailable

store = open_store(f"sqlite:///{sys.argv[1]}")
with store.look() as tx:
    tx.exec_driver_sql("SELECT * FROM alembic_version")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (Path(sys.argv[1] + "-wal").stat().st_size,) * 2)
store.ping()
try:
    store.try_writing()
except StoreUnavailable as error:
    print(error.advice)
"""


def test_a_disk_without_room_is_found_by_writing_and_by_nothing_less(sqlite: Store, tmp_path: Path) -> None:
    """A process whose files may not grow stands for the disk."""
    with sqlite.look() as tx:
        tx.exec_driver_sql("SELECT 1")
    child = subprocess.run(
        [sys.executable, "-c", FILLED, str(tmp_path / "attune.db")], capture_output=True, text=True, check=True
    )
    assert "the room on it" in child.stdout or "make room" in child.stdout


def test_a_file_that_may_only_be_read(sqlite: Store, tmp_path: Path) -> None:
    store = open_store(f"sqlite:///file:{tmp_path}/attune.db?mode=ro&uri=true")
    with store.look() as tx:
        tx.exec_driver_sql("SELECT 1")
    with pytest.raises(StoreUnavailable, match="readonly") as found:
        store.try_writing()
    assert "let the service's user write" in advice(found.value)
    store.close()


@pytest.mark.parametrize(
    ("content", "say"),
    [(b"Dear diary, " * 99, "attune restore FILE"), (b"SQLite format 3\x00" + b"\xff" * 4096, "attune restore FILE")],
)
def test_a_damaged_file(tmp_path: Path, content: bytes, say: str) -> None:
    (tmp_path / "attune.db").write_bytes(content)
    store = open_store(f"sqlite:///{tmp_path}/attune.db")
    with pytest.raises(StoreUnavailable) as found:
        store.upgrade()
    assert say in advice(found.value)
    store.close()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/nowhere/attune.db")
    with pytest.raises(StoreUnavailable) as found:
        store.upgrade()
    assert "see that its folder is there" in advice(found.value)
    store.close()


def test_tables_that_are_missing(sqlite: Store) -> None:
    with sqlite.begin() as tx:
        tx.exec_driver_sql("DROP TABLE alembic_version")
    with pytest.raises(StoreUnavailable) as found:
        sqlite.try_writing()
    assert "attune db upgrade" in advice(found.value)


def test_a_standby_takes_no_writes(postgresql_server: Server) -> None:
    with postgresql_server.database() as url, upgraded(url) as store:
        store.try_writing()
        with store.begin() as tx:
            name = tx.exec_driver_sql("SELECT current_database()").scalar()
            tx.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        store.close()
        with pytest.raises(StoreUnavailable, match="read-only") as found:
            store.try_writing()
    assert "name the primary server" in advice(found.value)


def test_a_database_that_was_never_made(postgresql_server: Server) -> None:
    store = open_store(postgresql_server.url("no_such_database"))
    with pytest.raises(StoreUnavailable) as found:
        store.try_writing()
    assert "createdb" in advice(found.value)
    store.close()


def test_a_server_that_is_away(tmp_path: Path) -> None:
    store = open_store(f"postgresql+psycopg://postgres@/attune?host={tmp_path}")
    with pytest.raises(StoreUnavailable) as found:
        store.try_writing()
    assert "see that the server runs" in advice(found.value)
    store.close()


def test_a_mistake_in_our_own_words_stays_what_it_is(postgresql_server: Server) -> None:
    with (
        postgresql_server.database() as url,
        upgraded(url) as store,
        pytest.raises(ProgrammingError),
        store.begin() as tx,
    ):
        tx.exec_driver_sql("SELEC 1")


def test_what_is_restored_can_be_written_by_its_owner_and_read_by_nobody_else(sqlite: Store, tmp_path: Path) -> None:
    backup.back_up(sqlite, tmp_path / "a.backup", NOW, quietly)
    sqlite.close()
    (tmp_path / "attune.db").chmod(0o444)
    url = f"sqlite:///{tmp_path}/attune.db"
    restore(url, examine(tmp_path / "a.backup"), Gap(NOW, LATER), LATER, force=False, progress=quietly)
    assert stat.S_IMODE((tmp_path / "attune.db").stat().st_mode) == 0o600
