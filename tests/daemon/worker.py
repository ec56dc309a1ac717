"""One worker as its own process, on calendars and mail in a folder: ``python -m tests.daemon.worker HOME NUMBER``.

It is the real worker, built by the real wiring; what the registry of connectors opens is put in its place, and a dead
worker is missed sooner. ``worker.json`` in the deployment folder says how.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from agent import log, wiring
from agent.daemon.loop import Stop
from agent.daemon.shift import Pace
from agent.services import desk
from connectors import registry
from tests.servers.folder import Folder, FolderCalendar, FolderSender

FILE, GO = "worker.json", "go"


@dataclass(frozen=True)
class Terms:
    """How the workers of a test work: seconds of a call and of a claim, and whether to say much."""

    latency: float = 0.0
    lease: float = 120.0
    stale: float = 10.0
    debug: bool = False

    def write(self, home: Path) -> None:
        (home / FILE).write_text(json.dumps(asdict(self)), encoding="utf-8")


def main(home: Path, number: int) -> None:
    terms = Terms(**json.loads((home / FILE).read_text(encoding="utf-8")))
    folder = Folder(home / "world", terms.latency)

    def open_calendar(settings: Any, *, owner: str, **_: Any) -> FolderCalendar:
        return FolderCalendar(folder, owner)

    def open_sender(*_: Any, **__: Any) -> FolderSender:
        return FolderSender(folder)

    registry.open_calendar, registry.open_sender = open_calendar, open_sender
    desk.LEASE = timedelta(seconds=terms.lease)
    log.configure(debug=terms.debug)
    stop = Stop()
    stop.listen()
    pace = Pace(sign=min(2.5, terms.stale / 4), stale=terms.stale)
    with wiring.build(home, stopping=stop.__bool__) as app:
        wait_for_the_others(home)
        app.work(stop, number=number, pace=pace)


def wait_for_the_others(home: Path) -> None:
    """Say that this worker is ready, and begin when it is told to: starting takes longer than what there is to do."""
    (home / f"ready-{os.getpid()}").touch()
    while not (home / GO).exists():
        time.sleep(0.02)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
