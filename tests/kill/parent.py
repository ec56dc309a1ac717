"""The parent of forked daemons: it has imported everything, and forks, polls or waits for one as it is told.

start HOME  →  PID        poll PID  →  STATUS or nothing        wait PID  →  STATUS        each STATUS once
"""

from __future__ import annotations

import gc
import os
import pkgutil
import signal
import sys
from importlib import import_module
from pathlib import Path

from agent.cli import run

PACKAGES = ("agent.core", "agent.services", "agent.store", "agent.settings", "agent.mail", "agent.daemon", "agent.ical")
LIBRARIES = (
    "agent.cli.app", "agent.cli.run", "agent.wiring", "connectors.registry", "connectors.caldav.calendar",
    "connectors.smtp.mail", "sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql.psycopg", "httpx", "alembic",
    "recurring_ical_events", "css_inline", "jinja2",
)  # fmt: skip


def main() -> None:
    _import_everything()
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
    gc.freeze()  # what was imported stays: no collection of a child's needs to look at it, and so to copy it


if __name__ == "__main__":
    main()
