"""A worker that cannot begin a shift: it says so once, takes no lease, and shows whoever watches that it lives."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from agent.clock import SystemClock
from agent.daemon import workers
from agent.daemon.loop import Stop
from agent.daemon.notify import Notifier
from agent.daemon.shift import Site
from agent.daemon.workers import Worker
from agent.services.edition import OlderFiles
from agent.services.part import Part, Swept
from agent.services.survey import Survey
from agent.store import lease_tables
from tests.store.opened import upgraded
from tests.store.postgresql import Server

TURNS = 4


class Told(Notifier):
    """Keeps what the service manager would hear."""

    def __init__(self) -> None:
        super().__init__(None)
        self.lines: list[str] = []

    def send(self, *lines: str) -> None:
        self.lines += lines


def test_whoever_has_older_files_stands_still_and_says_so_once(
    postgresql_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "SHORTEST", 0.01)
    stop, notifier, turns = Stop(), Told(), []

    def refresh() -> None:
        turns.append(1)
        if len(turns) == TURNS:
            stop.set()

    def take_in() -> None:
        raise OlderFiles("this machine has other files")

    def never(_part: Part) -> Swept:
        raise AssertionError("it works with files that are not in force")

    site = Site(never, lambda: Survey(frozenset({1})), lambda _shards: None, take_in, lambda: None, bool, refresh)
    with postgresql_server.database() as url, upgraded(url) as store, capture_logs() as lines:
        lease_tables.upgrade(store)
        Worker(site, store, SystemClock(), stop, notifier, lambda: None).work()
    assert len(turns) == TURNS
    broken = [line["why"] for line in lines if line["event"] == "shift broken off"]
    assert broken == ["OlderFiles: this machine has other files"]
    assert notifier.lines.count("WATCHDOG=1") == TURNS
