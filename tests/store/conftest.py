"""One PostgreSQL server for each test process that needs it, and an open store at every ``url``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agent.store.engine import Store
from tests.store import postgresql
from tests.store.opened import upgraded


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    with postgresql.needed() as running:
        yield running


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with upgraded(url) as opened:
        yield opened
