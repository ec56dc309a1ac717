"""How long it takes until what was done is seen elsewhere: nothing, unless a test says otherwise."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class Lags:
    """``delivery`` is how long invitations and answers are under way, ``index`` how long lists lag behind.

    Both are counted on the server's own clock, so that a test can let them pass.
    """

    delivery: timedelta = timedelta()
    index: timedelta = timedelta()
    _order: itertools.count[int] = field(default_factory=itertools.count)
    _waiting: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)

    def deliver(self, now: datetime, action: Callable[[], None]) -> None:
        """Do something once the lag of deliveries is over."""
        heapq.heappush(self._waiting, (now + self.delivery, next(self._order), action))

    def settle(self, now: datetime) -> None:
        """Do what is due, in the order in which it was sent."""
        while self._waiting and self._waiting[0][0] <= now:
            heapq.heappop(self._waiting)[2]()
