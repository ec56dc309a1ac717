"""How a programme stands, counted on each database, and fast enough to be asked four times a minute."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from agent.store.engine import open_store
from tests.contract.gauges import GaugesContract, read
from tests.store.postgresql import Server


class TestOnSqlite(GaugesContract):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path}/attune.db"


class TestOnPostgresql(GaugesContract):
    @pytest.fixture
    def url(self, postgresql_server: Server) -> Iterator[str]:
        with postgresql_server.database() as url:
            yield url


def test_what_is_done_is_never_read(tmp_path: Path) -> None:
    """It grows for years, and so would the time of every scrape."""
    store = open_store(f"sqlite:///{tmp_path}/attune.db")
    store.upgrade()
    asked: list[tuple[str, Any]] = []
    sa.event.listen(store._engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    read(store)
    about_intents = [(query, values) for query, values in asked if "FROM intents" in query]
    assert len(about_intents) == 5
    with store.look() as tx:
        for query, values in about_intents:
            (step,) = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values).all()
            assert step.detail.startswith("SEARCH intents USING"), step.detail
    store.close()
