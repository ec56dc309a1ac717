"""The store on SQLite, and what can happen to a file."""

from __future__ import annotations

import os
import sqlite3
import sys
from pathlib import Path

import pytest

from agent.store import engine
from agent.store.engine import open_store
from agent.store.errors import StoreUnavailable
from tests.contract.store import StoreContract


class TestSqlite(StoreContract):
    dialect = "SQLite"

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path}/attune.db"


def test_what_was_committed_survives_a_power_cut(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/attune.db")
    with store.begin() as tx:
        assert tx.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert tx.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert tx.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    store.close()


def test_a_database_that_somebody_else_keeps_locked_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "PATIENCE_MS", 50)
    store = open_store(f"sqlite:///{tmp_path}/attune.db")
    other = sqlite3.connect(tmp_path / "attune.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreUnavailable, match="locked"), store.begin():
        pass
    other.close()
    store.close()


@pytest.mark.parametrize("content", [b"Dear diary, " * 99, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_file_that_is_no_database_is_unavailable_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "attune.db"
    path.write_bytes(content)
    store = open_store(f"sqlite:///{path}")
    with pytest.raises(StoreUnavailable, match="the database cannot be used"):
        store.upgrade()
    store.close()
    assert path.read_bytes() == content


def test_a_folder_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/nowhere/attune.db")
    with pytest.raises(StoreUnavailable):
        store.upgrade()
    store.close()


@pytest.mark.parametrize("url", ["attune.db", "mysql://host/attune", "postgresql://host/attune", ""])
def test_an_address_of_neither_kind_is_refused_before_anything_is_connected(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="neither sqlite"):
        open_store(url)


def test_a_garbled_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be understood"):
        open_store("postgresql+psycopg://host:port/attune")


def test_without_the_driver_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreUnavailable, match="needs the extra"):
        open_store("postgresql+psycopg://host/attune")


def test_the_lock_goes_with_the_process_that_held_it(tmp_path: Path) -> None:
    """A crashed agent must not keep the next one out."""
    store = open_store(f"sqlite:///{tmp_path}/attune.db")
    child = os.fork()
    if child == 0:
        store.exclusive().__enter__()
        os._exit(0)
    os.waitpid(child, 0)
    with store.exclusive():
        pass
    store.close()
