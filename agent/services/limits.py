"""Keeps what each server and mailbox allows, over all workers: twenty calls at a time are fetched from the store."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

from agent import log, metrics
from agent.clock import Clock
from agent.store import quotas
from agent.store.engine import Store
from agent.store.quotas import Rate
from connectors.errors import RateLimited

AT_ONCE = 20
"""Calls fetched at a time; they are lost where the process ends."""


@dataclass
class Limits:
    """Allowances of one process, by scope. A scope names a server, or a person's calendar, never an address."""

    store: Store
    clock: Clock
    _left: Counter[str] = field(default_factory=Counter)
    _refused: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def allow(self, scope: str, rate: Rate) -> None:
        """Count one call. Raises ``RateLimited`` where there is none left for now."""
        with self._lock:
            if not self._left[scope]:
                self._fetch(scope, rate)
            self._left[scope] -= 1

    def _fetch(self, scope: str, rate: Rate) -> None:
        count = max(1, min(AT_ONCE, rate.a_minute))
        with self.store.begin() as tx:
            wait = quotas.take(tx, scope, rate, count, self.clock.now())
        if wait is not None:
            self._refuse(scope, wait)
            raise RateLimited(f"{scope} has had its calls for now", wait)
        self._left[scope] = count
        self._refused.discard(scope)

    def _refuse(self, scope: str, wait: timedelta) -> None:
        """Count it, and say so once until calls are allowed again."""
        metrics.wait("quota")
        if scope not in self._refused:
            self._refused.add(scope)
            log.logger().warning("calls used up", scope=scope, again_in=round(wait.total_seconds(), 1))

    def close(self, scope: str, rate: Rate, pause: timedelta) -> None:
        """Let no worker call for so long."""
        now = self.clock.now()
        with self._lock:
            self._left[scope] = 0
        with self.store.begin() as tx:
            quotas.close(tx, scope, rate, now + pause, now)
