"""Slow steps side by side, in a bounded number of threads; with one lane each is done where it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Thread

Job = Callable[[], object]
"""A step that touches nothing of anybody else's; what it gives is handed to whoever asks for what is finished."""


class Lanes:
    """So many jobs at a time, in so many threads; with one thread each is done where it is asked for.

    What has finished is taken by the one who submits.
    """

    def __init__(self, threads: int, count: int | None = None) -> None:
        self.threads = threads
        self.count = count or threads
        self.busy = 0
        """Jobs that were submitted and have not been taken as finished."""
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._done: SimpleQueue[object] = SimpleQueue()
        self._threads: list[Thread] = []

    @property
    def idle(self) -> int:
        """How many more would be at work at once, none or fewer where jobs wait."""
        return self.count - self.busy

    def submit(self, job: Job) -> None:
        """Do a job: in a thread of its own kind, or now where there is one. It must not raise an ``Exception``."""
        self.busy += 1
        if self.threads == 1:
            self._done.put(job())
            return
        self._jobs.put(job)
        if len(self._threads) < min(self.threads, self.busy):
            thread = Thread(target=self._work, name=f"lane-{len(self._threads) + 1}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def finished(self, patience: float) -> Iterator[object]:
        """Take whatever has finished; where nothing has, wait for the first, so many seconds at the most."""
        while self.busy:
            try:
                yield self._done.get(timeout=patience)
            except Empty:
                return
            self.busy -= 1
            patience = 0

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._done.put(_outcome(job))

    def close(self) -> None:
        """Let the threads end once they have done what they were given."""
        for _ in self._threads:
            self._jobs.put(None)


def _outcome(job: Job) -> object:
    """Give what a job gives; one that ends its thread would have whoever waits for it wait for ever."""
    try:
        return job()
    except BaseException as error:  # noqa: BLE001  raised again by whoever takes it
        return RuntimeError(f"a lane was ended by {type(error).__name__}")


@contextmanager
def lanes(threads: int, count: int | None = None) -> Iterator[Lanes]:
    """Open lanes, and close them whatever happens."""
    opened = Lanes(threads, count)
    try:
        yield opened
    finally:
        opened.close()
