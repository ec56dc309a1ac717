"""The store on PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from agent.core.journal import Entry
from agent.store import engine, journal, lease_tables
from agent.store.engine import Store, open_store
from agent.store.errors import SchemaTooOld, StoreBusy, StoreUnavailable
from agent.store.schema import marks
from tests.contract.store import StoreContract
from tests.factories import NOW
from tests.store.postgresql import Server


@pytest.fixture
def url(postgresql_server: Server) -> Iterator[str]:
    with postgresql_server.database() as address:
        yield address


class TestPostgresql(StoreContract):
    dialect = "PostgreSQL"

    def test_nor_can_the_journal_be_emptied(self, store: Store) -> None:
        with store.begin() as tx:
            journal.write(tx, [Entry(NOW, "booked")])
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), store.begin() as tx:
            tx.exec_driver_sql("TRUNCATE journal")


def test_several_may_work_together_but_not_beside_one_who_works_alone(store: Store) -> None:
    with store.shared(), store.shared(), pytest.raises(StoreBusy, match="at work"), store.exclusive():
        pass
    with store.exclusive(), pytest.raises(StoreBusy, match="without --workers"), store.shared():
        pass
    with store.shared():
        pass


def test_the_tables_of_the_workers_are_made_once_and_grow_with_the_engine(store: Store) -> None:
    with pytest.raises(SchemaTooOld, match="attune db upgrade"):
        lease_tables.ensure(store)
    version = lease_tables.upgrade(store)
    lease_tables.ensure(store)
    assert lease_tables.upgrade(store) == version


def test_tables_that_others_made_are_taken_as_the_oldest_that_we_know(store: Store) -> None:
    """Somebody may have used the engine's own command."""
    version = lease_tables.upgrade(store)
    with store.begin() as tx:
        tx.execute(marks.delete().where(marks.c.name == lease_tables.MARK))
    lease_tables.ensure(store)
    assert lease_tables.upgrade(store) == version


def test_a_transaction_whose_process_stands_still_is_ended(
    postgresql_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a frozen worker had locked would keep all others waiting."""
    monkeypatch.setattr(engine, "STILLNESS", "SET idle_in_transaction_session_timeout = '100ms'")
    with postgresql_server.database() as url:
        store = open_store(url)
        with pytest.raises(StoreUnavailable):
            _stand_still(store, 0.5)
        _stand_still(store, 0.0)
        store.close()


def _stand_still(store: Store, seconds: float) -> None:
    with store.begin() as tx:
        tx.exec_driver_sql("SELECT 1")
        time.sleep(seconds)
        tx.exec_driver_sql("SELECT 1")


def test_a_server_that_is_not_there_is_named_as_the_trouble(postgresql_server: Server) -> None:
    store = open_store(postgresql_server.url("no_such_database"))
    with pytest.raises(StoreUnavailable, match="no_such_database"), store.begin():
        pass
    store.close()
