"""The real process on a store with many relationships asleep: how soon it is ready, and what it holds."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil

from agent.simulation.servers import free_port
from agent.store.engine import open_store
from tests.acceptance.deployment import ATTUNE, environment
from tests.bench import spine_rows

ATTUNE_YAML = """\
programme: Northwind Mentoring
mail: {{from: "Attune <attune@northwind.example>", smtp: {{host: 127.0.0.1, port: 9, security: none}}}}
health: 127.0.0.1:{port}
"""

PEOPLE_YAML = """\
people:
  - {id: mentor-1, name: A Mentor, email: mentor-1@northwind.example, time_zone: UTC, availability: [{days: daily}]}
  - {id: mentee-1, name: A Mentee, email: mentee-1@northwind.example, time_zone: UTC, availability: [{days: daily}]}
pairs: [{id: pair-of-the-files, mentor: mentor-1, mentee: mentee-1, starts: 2099-01-05}]
"""

FAR = datetime(2099, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Started:
    """Seconds from the command to ``/readyz``, and of the processor's; MiB once it rests, and once it was asked."""

    ready: float
    busy: float
    version: float
    resident: float
    scraped: float
    scrape: float


def start(folder: Path, count: int) -> Started:
    """Start the daemon once on so many sleeping relationships, ask it for its figures, and stop it."""
    home, port = folder / "home", free_port()
    home.mkdir()
    (home / "attune.yaml").write_text(ATTUNE_YAML.format(port=port), encoding="utf-8")
    (home / "policy.yaml").write_text("", encoding="utf-8")
    (home / "people.yaml").write_text(PEOPLE_YAML, encoding="utf-8")
    _attune("run", "--once", "--home", str(home))
    store = open_store(f"sqlite:///{home / 'attune.db'}")
    spine_rows.asleep(store, count, FAR)
    store.close()
    begun = time.perf_counter()
    _attune("--version")
    version = time.perf_counter() - begun
    with _daemon(home) as process, httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        ready = _ready(client)
        busy, resident = process.cpu_times(), _mebibytes(process)
        begun = time.perf_counter()
        assert f'{{state="asleep"}} {count + 1}.0' in client.get("/metrics").text
        scrape = time.perf_counter() - begun
        return Started(ready, busy.user + busy.system, version, resident, _mebibytes(process), scrape)


def _attune(*arguments: str) -> None:
    subprocess.run([str(ATTUNE), *arguments], check=True, capture_output=True, env=environment())


@contextmanager
def _daemon(home: Path) -> Iterator[psutil.Process]:
    process = subprocess.Popen(
        [sys.executable, str(ATTUNE), "run", "--home", str(home)], stderr=subprocess.DEVNULL, env=environment()
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _ready(client: httpx.Client) -> float:
    """Ask until it is ready; give how long that took."""
    begun = time.perf_counter()
    while time.perf_counter() < begun + 60:
        try:
            if client.get("/readyz").status_code == 200:
                return time.perf_counter() - begun
        except httpx.TransportError:
            time.sleep(0.005)
    raise TimeoutError("the daemon did not become ready")


def _mebibytes(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 2**20
