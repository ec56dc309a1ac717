"""Reading within bounds of time and memory, by a child process that is kept and, once it fails, replaced."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any, cast

from agent.core.observation import Answer, Busy, OwnEvent, Reading
from agent.core.timespan import Span
from agent.core.whereabouts import Whereabouts
from agent.ical.child import MEMORY, TOO_LARGE
from agent.ical.errors import NotCalendar
from agent.ical.pipe import receive, send
from agent.ical.read import merged

SECONDS = 5.0
"""How long one call may take, apart from the start of the child."""

_STARTING = 30.0
"""Seconds for the child's start on a machine that is busy with something else."""


@dataclass(frozen=True, slots=True)
class Document:
    """One iCalendar resource, with the provider's address and version of it where it has them."""

    data: bytes
    href: str = ""
    etag: str = ""


def read_bounded(
    documents: Sequence[Document], window: Span, *, where: Whereabouts, owner: str, own: frozenset[str], whole: bool
) -> Reading:
    """Read documents as ``agent.ical.read.read`` does, together.

    Raises ``NotCalendar`` where that takes more than five seconds or 100 MB; with ``whole`` also where a document is
    none, which otherwise counts as one dropped event. Own events carry their document's href and etag.
    """
    if sum(len(document.data) for document in documents) > MEMORY:
        raise NotCalendar("it is too large")
    head = {
        "window": (window.start, window.end),
        "home": where.home,
        "journeys": [(stay.first.toordinal(), stay.last.toordinal(), stay.zone) for stay in where.journeys],
        "owner": owner,
        "own": sorted(own),
        "documents": len(documents),
    }
    found = _reader.ask([json.dumps(head).encode(), *(document.data for document in documents)])
    readings = [_reading(answer, document, whole) for answer, document in zip(found, documents, strict=True)]
    return Reading(
        merged((busy for reading in readings for busy in reading.busy), window),
        tuple(event for reading in readings for event in reading.own),
        sum(reading.dropped for reading in readings),
    )


def _reading(answer: dict[str, Any] | str, document: Document, whole: bool) -> Reading:
    if isinstance(answer, str):
        if whole:
            raise NotCalendar(answer)
        return Reading(dropped=1)
    own = (
        OwnEvent(uid, Span(start, end), Answer(said), cancelled, sequence, document.etag, document.href)
        for uid, start, end, said, cancelled, sequence in answer["own"]
    )
    busy = tuple(Busy(Span(start, end), hard) for start, end, hard in answer["busy"])
    return Reading(busy, tuple(own), answer["dropped"])


class _Reader:
    """The child and its pipe; one caller at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def ask(self, messages: list[bytes]) -> list[dict[str, Any] | str]:
        """Send a request, and give the answer to each of its documents."""
        with self._lock:
            child = self._running()
            answer = None
            limit = _Limit(child, SECONDS)
            try:
                with limit, contextlib.suppress(BrokenPipeError):
                    for message in messages:
                        send(cast("FileIO", child.stdin), message)
                    answer = receive(cast("FileIO", child.stdout))
            finally:
                if answer is None or limit.reached:
                    status = self._end()
            if answer is not None:
                return cast("list[dict[str, Any] | str]", json.loads(answer))
        if limit.reached:
            raise NotCalendar("it takes too long to read")
        raise NotCalendar("it is too large" if status == TOO_LARGE else "its reader failed")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            self._child = _started()
        return self._child

    def _end(self) -> int | None:
        """End the child at once, and give its exit status."""
        child, self._child = self._child, None
        if child is None:
            return None
        _close(child)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return child.wait(1)
        child.kill()
        return child.wait()

    def close(self) -> None:
        """End the child; a later call starts another."""
        with self._lock:
            self._end()

    def forget(self) -> None:
        """After a fork: leave the child, and a lock somebody may hold, to the process that we come from."""
        if self._child is not None:
            _close(self._child)
            self._child.returncode = 0
        self._lock, self._child = threading.Lock(), None


_reader = _Reader()
atexit.register(_reader.close)
os.register_at_fork(after_in_child=_reader.forget)


class _Limit:
    """Kills a process that takes too long over what is done within."""

    def __init__(self, child: subprocess.Popen[bytes], seconds: float) -> None:
        self.reached = False
        self._child = child
        self._timer = threading.Timer(seconds, self._stop)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()  # so that ``reached`` is final

    def _stop(self) -> None:
        self.reached = True
        self._child.kill()


def _started() -> subprocess.Popen[bytes]:
    try:
        child = subprocess.Popen(
            [sys.executable, "-m", "agent.ical.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback might show what was read
            bufsize=0,
            cwd=Path(__file__).parents[2],  # where ``agent`` is found, installed or not
            start_new_session=True,  # an interrupt at the keyboard is not meant for it
        )
    except OSError as error:
        raise NotCalendar("its reader cannot be started") from error
    with _Limit(child, _STARTING):
        receive(cast("FileIO", child.stdout))
    return child


def _close(child: subprocess.Popen[bytes]) -> None:
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
