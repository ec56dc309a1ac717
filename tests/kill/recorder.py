"""What reached the servers, and which calls are under way at this moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Call:
    """One effect as a server saw it: ``what`` (CREATE, PUT, DELETE, MAIL) of ``which``; ``result`` once it is known."""

    what: str
    which: str
    began: float
    result: str = ""
    ended: float | None = None

    def was_under_way(self, moment: float) -> bool:
        return self.began < moment and (self.ended is None or self.ended > moment)


@dataclass
class Recorder:
    """Keeps every effect, and lets somebody wait for one to begin."""

    calls: list[Call] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def begin(self, what: str, which: str) -> Call:
        call = Call(what, which, time.monotonic())
        with self._changed:
            self.calls.append(call)
            self._changed.notify_all()
        return call

    @contextmanager
    def around(self, what: str, which: str) -> Iterator[Call]:
        """Keep a call from its arrival to its answer."""
        call = self.begin(what, which)
        try:
            yield call
        finally:
            call.ended = time.monotonic()

    def wait_for(self, count: int, seconds: float) -> bool:
        """Whether so many effects have begun in all before time is up."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.calls) >= count, seconds)

    def under_way(self, moment: float) -> list[Call]:
        """What had begun by then and was not answered."""
        return [call for call in self.calls if call.was_under_way(moment)]
