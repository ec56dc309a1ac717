"""The real process on a folder with many pairs, all asleep: how soon it is ready, and what it holds."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from agent.simulation.servers import free_port
from tests.acceptance.deployment import ATTUNE, environment
from tests.bench import spine_folder


@dataclass(frozen=True)
class Started:
    """Reading the files the first time, then from the command to ``/readyz``, then at rest.

    Seconds by the clock, and of the processor; MiB resident and as a fair share of what is shared with others (PSS).
    """

    reading: float
    ready: float
    busy: float
    version: float
    resident: float
    share: float
    scraped: float
    scrape: float
    resting: float
    calls: float


def start(folder: Path, count: int, rest: float) -> Started:
    """Start the daemon on so many sleeping pairs of a real folder, ask it for its figures, and stop it."""
    home, port = folder / "home", free_port()
    spine_folder.write(home, count, port)
    reading = _processor(lambda: spine_folder.put_to_sleep(home))
    begun = time.perf_counter()
    _attune("--version")
    version = time.perf_counter() - begun
    with _daemon(home) as process, httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        ready = _ready(client)
        busy, memory = _busy(process), process.memory_full_info()
        time.sleep(rest)
        resting = (_busy(process) - busy) / rest
        begun = time.perf_counter()
        told = client.get("/metrics").text
        scrape = time.perf_counter() - begun
        assert f'{{state="asleep"}} {count}.0' in told
        scraped = process.memory_info().rss / MEBI
        resident, share = memory.rss / MEBI, memory.pss / MEBI
        return Started(reading, ready, busy, version, resident, share, scraped, scrape, resting, _calls(told))


MEBI = 2**20


def _calls(told: str) -> float:
    """How many calls to providers the figures tell of."""
    return sum(float(line.rpartition(" ")[2]) for line in told.splitlines() if line.startswith(CALLS))


CALLS = "attune_provider_calls_total"


def _busy(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _processor(work: Callable[[], object]) -> float:
    """Seconds of the processor that some work takes, here and in the processes it starts."""
    begun = sum(os.times()[:4])
    work()
    return sum(os.times()[:4]) - begun


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
