"""One PostgreSQL server for each test process that needs it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.store import postgresql


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    programs = postgresql.binaries()
    if programs is None:
        pytest.skip(postgresql.HOW)
    with postgresql.server(programs) as running:
        yield running
