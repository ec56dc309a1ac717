"""One PostgreSQL server for each test process that needs it."""

from __future__ import annotations

from tests.store.conftest import postgresql_server

__all__ = ["postgresql_server"]
