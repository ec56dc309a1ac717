"""Slow steps side by side, in a bounded number of threads; with one lane each is done where it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Thread
from time import perf_counter

Job = Callable[[], object]
"""A step that touches nothing of anybody else's; what it gives is handed to whoever asks for what is finished."""

LATELY = 0.1
"""How much of what is known of the pace the last job makes."""


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
        self._done: SimpleQueue[tuple[object, float]] = SimpleQueue()
        self._pace: float | None = None
        self._threads: list[Thread] = []

    @property
    def idle(self) -> int:
        """How many more would be at work at once, none or fewer where jobs wait."""
        return self.count - self.busy

    def within(self, seconds: float, most: int) -> int:
        """How many more the lanes would get to within so many seconds, at the pace of late; ``most`` for each lane."""
        if self.threads == 1 or not self._pace:
            return self.idle
        return max(self.idle, self.threads * min(most, int(seconds / self._pace)) - self.busy)

    def submit(self, job: Job) -> None:
        """Do a job: in a thread of its own kind, or now where there is one. It must not raise an ``Exception``."""
        self.busy += 1
        if self.threads == 1:
            self._done.put((job(), 0.0))
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
                outcome, took = self._done.get(timeout=patience)
            except Empty:
                return
            self.busy -= 1
            self._pace = took if self._pace is None else self._pace + LATELY * (took - self._pace)
            patience = 0
            yield outcome

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            begun = perf_counter()
            outcome = _outcome(job)
            self._done.put((outcome, perf_counter() - begun))

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
