"""``attune run --workers N``: this process as one worker, or as the keeper of several."""

from __future__ import annotations

import sys
from functools import partial
from os import getpid
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING

from agent.cli.options import Refused

if TYPE_CHECKING:
    from agent.daemon.loop import Stop
    from agent.wiring import App

ONE_PROCESS = "SQLite serves one process; name a PostgreSQL database as “store” in attune.yaml, or leave --workers out"


def run(home: Path | None, count: int, number: int, keeper: int, *, debug: bool) -> None:
    """Work, or keep so many working, until asked to stop; ``number`` and ``keeper`` are of one that is kept.

    A changed policy is weighed before anybody works.
    """
    from agent.cli.progress import opened, rows_passed
    from agent.daemon.loop import Stop
    from agent.daemon.notify import Notifier
    from agent.daemon.supervisor import supervise
    from agent.settings.load import notify_socket
    from agent.store import lease_tables

    stop = Stop()
    with opened(home, stopping=stop.__bool__) as app:
        store, found = app.programme.store, app.home
        if count > 1 and not store.serves_many:
            raise Refused(ONE_PROCESS)
        stop.listen()
        with rows_passed("weighing the changed policy") as passed:
            app.take_policy(passed)
        if count == 1:
            _one(app, stop, number, keeper)
            return
        lease_tables.ensure(store)
        with store.shared():
            pass
    supervise(partial(_start, found, debug=debug), count, stop=stop, notifier=Notifier(notify_socket()))


def _one(app: App, stop: Stop, number: int, keeper: int) -> None:
    if app.programme.store.serves_many:
        app.work(stop, number=number, keeper=keeper)
        return
    with app.exclusive():
        app.serve(stop)


def _start(home: Path, number: int, *, debug: bool) -> Popen[bytes]:
    options = ["--debug"] if debug else []
    one = ["run", "--workers", "1", "--number", str(number), "--keeper", str(getpid()), "--home", str(home)]
    return Popen([sys.executable, "-m", "agent", *options, *one])
