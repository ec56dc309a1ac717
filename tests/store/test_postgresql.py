"""The store on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from agent.core.journal import Entry
from agent.store import journal
from agent.store.engine import Store, open_store
from agent.store.errors import StoreUnavailable
from tests.contract.store import StoreContract
from tests.factories import NOW
from tests.store.postgresql import Server


class TestPostgresql(StoreContract):
    dialect = "PostgreSQL"

    @pytest.fixture
    def url(self, postgresql_server: Server) -> Iterator[str]:
        with postgresql_server.database() as url:
            yield url

    def test_nor_can_the_journal_be_emptied(self, store: Store) -> None:
        with store.begin() as tx:
            journal.write(tx, [Entry(NOW, "booked")])
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), store.begin() as tx:
            tx.exec_driver_sql("TRUNCATE journal")


def test_a_server_that_is_not_there_is_named_as_the_trouble(postgresql_server: Server) -> None:
    store = open_store(postgresql_server.url("no_such_database"))
    with pytest.raises(StoreUnavailable, match="no_such_database"), store.begin():
        pass
    store.close()
