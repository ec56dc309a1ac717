"""Whether the store takes writes: it is tried, since a full disk or a standby answers every question as if it did."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic

from agent.store.engine import Store
from agent.store.errors import StoreError

EVERY = 10.0
"""Seconds for which what was found holds: whoever asks often does not keep the store busy."""


class Writable:
    """Tries it for whoever asks; several threads may."""

    def __init__(self, store: Store, seconds: Callable[[], float] = monotonic) -> None:
        self._store = store
        self._seconds = seconds
        self._lock = Lock()
        self._tried = float("-inf")
        self._found = False

    def __bool__(self) -> bool:
        with self._lock:
            if self._seconds() - self._tried > EVERY:
                self._found = self._try()
                self._tried = self._seconds()
            return self._found

    def _try(self) -> bool:
        try:
            self._store.try_writing()
        except StoreError:
            return False
        return True
