"""The parent of forked daemons: it has imported and done everything once, and forks, polls or waits as it is told.

start HOME  →  PID        poll PID  →  STATUS or nothing        wait PID  →  STATUS        each STATUS once
"""

from __future__ import annotations

import gc
import os
import pkgutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from agent import log
from agent.cli import run
from agent.wiring import build
from tests.kill.place import place

PACKAGES = ("agent.core", "agent.services", "agent.store", "agent.settings", "agent.mail", "agent.daemon", "agent.ical")
LIBRARIES = (
    "agent.cli.app", "agent.cli.run", "agent.wiring", "connectors.registry", "connectors.caldav.calendar",
    "connectors.smtp.mail", "sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql.psycopg", "httpx", "alembic",
    "recurring_ical_events", "css_inline", "jinja2",
)  # fmt: skip


def main() -> None:
    _import_everything()
    with _silently():
        _live_once()
    gc.freeze()  # what is there stays: no collection of a child's needs to look at it, and so to copy it
    alive: set[int] = set()
    for line in sys.stdin:
        what, _, argument = line.strip().partition(" ")
        if what == "start":
            print(_start(Path(argument), alive), flush=True)
        else:
            print(_wait(int(argument), what == "wait", alive), flush=True)
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


def _start(home: Path, alive: set[int]) -> int:
    pid = os.fork()
    if pid:
        alive.add(pid)
        return pid
    log = os.open(home.parent / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream, target in ((0, os.open(os.devnull, os.O_RDONLY)), (1, log), (2, log)):
        os.dup2(target, stream)
    os._exit(run(["run", "--home", str(home)]))


def _wait(pid: int, patiently: bool, alive: set[int]) -> str:
    """Keep no status: the system gives the number of a process that has ended to another."""
    found, status = os.waitpid(pid, 0 if patiently else os.WNOHANG)
    alive.discard(found)
    return str(status) if found else ""


def _import_everything() -> None:
    for package in PACKAGES:
        found = import_module(package)
        for module in pkgutil.iter_modules(found.__path__, f"{package}."):
            import_module(module.name)
    for library in LIBRARIES:
        import_module(library)


def _live_once() -> None:
    """Bring a small programme up to date, and leave no thread behind, of which a fork would see but the locks."""
    log.configure(debug=False)
    with (
        place("sqlite:///attune.db", seed=0, count=1) as where,
        build(where.home, at=None, stopping=lambda: False) as app,
        app.exclusive(),
    ):
        app.sweep()
    while threading.active_count() > 1:
        time.sleep(0.01)


@contextmanager
def _silently() -> Iterator[None]:
    """Say nothing: what this process says, it says to whoever tells it what to do."""
    streams = (1, 2)
    kept, nowhere = [os.dup(stream) for stream in streams], os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        os.dup2(nowhere, stream)
    try:
        yield
    finally:
        for stream, before in zip(streams, kept, strict=True):
            os.dup2(before, stream)
        for handle in (*kept, nowhere):
            os.close(handle)


if __name__ == "__main__":
    main()
