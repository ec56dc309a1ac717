"""The process that reads what strangers wrote, within bounds. Started by ``agent.ical.bounded``, ends with its pipe."""

from __future__ import annotations

import gc
import json
import resource
import signal
import sys
from datetime import date
from io import FileIO
from pathlib import Path
from typing import Any

from agent.core.observation import Reading
from agent.core.timespan import Span
from agent.core.whereabouts import Journey, Whereabouts
from agent.ical.errors import NotCalendar
from agent.ical.pipe import receive, send
from agent.ical.read import read

MEMORY = 100 * 1024 * 1024
"""Bytes that reading may take above what the interpreter itself has."""

_ALONE = 10
"""Seconds after which it ends by itself in the middle of a request, if whoever would stop it is gone."""


TOO_LARGE = 3
"""Exit status where memory ran out."""


def main() -> int:
    """Answer requests until there are no more."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # meant for the parent, whose end closes the pipe
    requests, answers = FileIO(0, "r"), FileIO(1, "w")
    gc.disable()  # readings make no cycles, and looking for some would take half of the time
    _bound()
    send(answers, b"ready")
    try:
        while (head := receive(requests)) is not None:
            signal.alarm(_ALONE)
            request = json.loads(head)
            documents = [receive(requests) or b"" for _ in range(request["documents"])]
            send(answers, json.dumps([_reading(request, data) for data in documents]).encode())
            signal.alarm(0)
    except (MemoryError, RecursionError):
        return TOO_LARGE
    return 0


def _bound() -> None:
    """Limit the memory. Where the system does not tell a process its size, only the time is limited."""
    sizes = Path("/proc/self/statm")
    if sizes.exists():
        most = int(sizes.read_text(encoding="ascii").split()[0]) * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _reading(request: dict[str, Any], data: bytes) -> dict[str, Any] | str:
    """One document's reading as plain data, or the reason why it is none."""
    window = Span(*request["window"])
    journeys = (
        Journey(date.fromordinal(first), date.fromordinal(last), zone) for first, last, zone in request["journeys"]
    )
    where = Whereabouts(request["home"], tuple(journeys))
    try:
        found = read(data, window, where=where, owner=request["owner"], own=frozenset(request["own"]))
    except NotCalendar as error:
        return str(error)
    return _plain(found)


def _plain(found: Reading) -> dict[str, Any]:
    own = [
        (each.uid, each.span.start, each.span.end, each.answer.value, each.cancelled, each.sequence)
        for each in found.own
    ]
    busy = [(each.span.start, each.span.end, each.hard) for each in found.busy]
    return {"busy": busy, "own": own, "dropped": found.dropped}


if __name__ == "__main__":
    sys.exit(main())
