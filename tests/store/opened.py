"""An open store with every table, closed at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from agent.store.engine import Store, open_store


@contextmanager
def upgraded(url: str) -> Iterator[Store]:
    """Open a database and bring it up to date."""
    store = open_store(url)
    store.upgrade()
    yield store
    store.close()
