"""Backups on either database, from one to the other, and what can happen to a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.core.gap import Gap
from agent.store import backup, lease_tables, relationships
from agent.store.engine import open_store
from agent.store.errors import StoreNotEmpty, StoreUnavailable
from agent.store.restore import examine, restore
from tests.contract.backups import LATER, BackupContract, filled, quietly, rows
from tests.factories import NOW
from tests.store.postgresql import Server


class TestSqlite(BackupContract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path}/attune.db"

    @pytest.fixture
    def elsewhere(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path}/other.db"


class TestPostgresql(BackupContract):
    @pytest.fixture
    def url(self, postgresql_server: Server) -> Iterator[str]:
        with postgresql_server.database() as url:
            yield url

    @pytest.fixture
    def elsewhere(self, postgresql_server: Server) -> Iterator[str]:
        with postgresql_server.database() as url:
            yield url

    def test_a_programme_is_not_replaced_unless_that_is_meant(self, url: str, taken: Path) -> None:
        store = open_store(url)
        before = rows(store)
        with pytest.raises(StoreNotEmpty, match="back it up first"):
            restore(url, examine(taken), Gap(NOW, LATER), LATER, force=False, progress=quietly)
        assert rows(store) == before
        restore(url, examine(taken), Gap(NOW, LATER), LATER, force=True, progress=quietly)
        assert rows(store)["meetings"] == before["meetings"]
        store.close()

    def test_the_tables_of_the_workers_stay_as_they_are(self, url: str, taken: Path) -> None:
        """They belong to this database, not to the one that was backed up."""
        store = open_store(url)
        version = lease_tables.upgrade(store)
        restore(url, examine(taken), Gap(NOW, LATER), LATER, force=True, progress=quietly)
        lease_tables.ensure(store)
        assert lease_tables.upgrade(store) == version
        backup.back_up(store, taken, LATER, quietly)
        restore(url, examine(taken), Gap(NOW, LATER), LATER, force=True, progress=quietly)
        lease_tables.ensure(store)
        store.close()


class TestFromSqliteToPostgresql(BackupContract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path}/attune.db"

    @pytest.fixture
    def elsewhere(self, postgresql_server: Server) -> Iterator[str]:
        with postgresql_server.database() as url:
            yield url


class TestFromPostgresqlToSqlite(BackupContract):
    @pytest.fixture
    def url(self, postgresql_server: Server) -> Iterator[str]:
        with postgresql_server.database() as url:
            yield url

    @pytest.fixture
    def elsewhere(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path}/other.db"


def test_the_replaced_file_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    url, path = f"sqlite:///{tmp_path}/attune.db", tmp_path / "a.backup"
    store = open_store(url)
    store.upgrade()
    filled(store)
    backup.back_up(store, path, NOW, quietly)
    with store.begin() as tx:
        relationships.synchronise(tx, {"pair-9": "terms"}, NOW)
    kept = restore(url, examine(path), Gap(NOW, LATER), LATER, force=False, progress=quietly)
    store.close()
    assert kept == tmp_path / "attune.db.replaced-20270302T000000Z"
    old, new = open_store(f"sqlite:///{kept}"), open_store(url)
    assert "pair-9" in str(rows(old)["relationships"])
    assert "pair-9" not in str(rows(new)["relationships"])
    old.close()
    new.close()


@pytest.mark.parametrize("content", [b"Dear diary, " * 99, b"SQLite format 3\x00" + b"\xff" * 4096, None])
def test_a_damaged_or_missing_file_is_replaced_and_kept(tmp_path: Path, content: bytes | None) -> None:
    """That is when a backup is wanted."""
    url, path = f"sqlite:///{tmp_path}/attune.db", tmp_path / "a.backup"
    store = open_store(f"sqlite:///{tmp_path}/other.db")
    store.upgrade()
    filled(store)
    backup.back_up(store, path, NOW, quietly)
    store.close()
    if content is not None:
        (tmp_path / "attune.db").write_bytes(content)
    kept = restore(url, examine(path), Gap(NOW, LATER), LATER, force=False, progress=quietly)
    assert (kept.read_bytes() if kept else None) == content
    found = open_store(url)
    assert found.ping()
    found.close()


def test_a_damaged_database_is_not_backed_up(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/attune.db")
    store.upgrade()
    filled(store)
    store.close()
    file = tmp_path / "attune.db"
    with file.open("r+b") as handle:
        handle.seek(4096 * 5)
        handle.write(os.urandom(4096 * 3))
    with pytest.raises(StoreUnavailable):
        backup.back_up(store, tmp_path / "a.backup", NOW, quietly)
    assert not list(tmp_path.glob("*.backup*"))
    store.close()
