"""A deployment of many pairs on PostgreSQL, its world in a folder, and worker processes started and ended at will."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from agent.store import lease_tables
from agent.store.engine import open_store
from tests.acceptance.deployment import environment
from tests.daemon.worker import GO, Terms
from tests.servers.folder import Folder

ATTUNE_YAML = """\
programme: Northwind Mentoring
store: "{store}"
mail: {{from: "Attune <attune@northwind.example>", smtp: {{host: 127.0.0.1, port: 9, security: none}}}}
limits: {{server: 1000000, mailbox: 1000000, mails: 1000000}}
"""
POLICY_YAML = 'messages: {hours: "00:00-24:00", days: daily}\n'
PERSON_YAML = """\
  - id: {name}
    name: Example {name}
    email: {name}@northwind.example
    time_zone: UTC
    calendars: [{{kind: caldav, url: "http://127.0.0.1:9/", username: nobody, password_file: secret, book: true}}]
    availability: [{{days: daily, from: "00:00", to: "24:00"}}]
"""


def write(home: Path, store: str, pairs: int) -> None:
    """Write a deployment folder with this many pairs, none of whom share a person."""
    home.mkdir(exist_ok=True)
    names = [(f"mentor-{n}", f"mentee-{n}") for n in range(pairs)]
    people = "".join(PERSON_YAML.format(name=name) for pair in names for name in pair)
    together = "".join(f"  - {{id: pair-{n}, mentor: {a}, mentee: {b}}}\n" for n, (a, b) in enumerate(names))
    (home / "attune.yaml").write_text(ATTUNE_YAML.format(store=store), encoding="utf-8")
    (home / "policy.yaml").write_text(POLICY_YAML, encoding="utf-8")
    (home / "people.yaml").write_text(f"people:\n{people}pairs:\n{together}", encoding="utf-8")
    (home / "secret").write_text("secret\n", encoding="utf-8")


@dataclass
class Fleet:
    """Workers on one store."""

    home: Path
    url: str
    world: Folder
    engine: sa.Engine
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, count: int) -> None:
        """Start so many more workers, which begin together once all of them are ready."""
        (self.home / GO).unlink(missing_ok=True)
        started = [self._start() for _ in range(count)]
        self.until(lambda: all((self.home / f"ready-{each.pid}").exists() for each in started), 60)
        (self.home / GO).touch()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.daemon.worker", str(self.home), "0"]
        with (self.home / f"log-{len(self.running)}").open("wb") as log:
            process = subprocess.Popen(command, stderr=log, env=environment())
        self.running.append(process)
        return process

    def query(self, sql: str, **values: object) -> list[tuple[object, ...]]:
        """Ask the database."""
        with self.engine.begin() as connection:
            answer = connection.execute(sa.text(sql), values)
            return [tuple(row) for row in answer] if answer.returns_rows else []

    def until(self, wanted: Callable[[], bool], seconds: float) -> float:
        """Wait for something; give how long it took."""
        begun = time.monotonic()
        while not wanted():
            assert time.monotonic() - begun < seconds, self.said()[-3000:]
            time.sleep(0.05)
        return time.monotonic() - begun

    def settled(self) -> bool:
        """Whether everybody has been decided and nothing that is due is left."""
        undecided = "SELECT count(*) FROM relationships WHERE wake_at <= :now OR lease_until IS NOT NULL OR version = 0"
        due = "SELECT count(*) FROM intents WHERE status IN ('pending', 'doing', 'unknown') AND not_before <= :now"
        known = self.query("SELECT count(*) FROM relationships") != [(0,)]
        # In this order: what was decided by the first moment has left its intents by the second.
        left = [self.query(sql, now=time.time_ns() // 1000) for sql in (undecided, due)]
        return known and left == [[(0,)], [(0,)]]

    def said(self) -> str:
        """Everything that the workers have logged."""
        return "\n".join(path.read_text() for path in sorted(self.home.glob("log-*")))

    def stop(self) -> list[int]:
        """End every worker that still runs as a service manager does; give the exit codes."""
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        return [process.wait(30) for process in self.running]


@contextmanager
def fleet(folder: Path, url: str, *, pairs: int, terms: Terms) -> Iterator[Fleet]:
    """Prepare the deployment and its tables, start nobody, and leave nobody behind."""
    home = folder / "home"
    write(home, url, pairs)
    terms.write(home)
    store = open_store(url)
    store.upgrade()
    lease_tables.upgrade(store)
    store.close()
    engine = sa.create_engine(url)
    made = Fleet(home, url, Folder(home / "world"), engine)
    try:
        yield made
    finally:
        for process in made.running:
            process.kill()
            process.wait()
        made.world.close()
        engine.dispose()
