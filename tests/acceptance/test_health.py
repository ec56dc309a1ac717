"""The real process, asked how it is by a real client."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from agent.simulation.servers import free_port
from tests.acceptance.deployment import Deployment, running


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    with running(tmp_path) as found:
        yield found


@pytest.fixture
def port(deployment: Deployment) -> int:
    number = free_port()
    with (deployment.home / "attune.yaml").open("a", encoding="utf-8") as file:
        file.write(f"health: 127.0.0.1:{number}\n")
    return number


def wait_until_ready(port: int, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise TimeoutError("it did not become ready")


def test_a_daemon_that_booked_and_wrote_says_so_in_figures_and_names_nobody(deployment: Deployment, port: int) -> None:
    process = deployment.start("run")
    try:
        wait_until_ready(port)
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").text == "ok\n"
        told = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    finally:
        process.send_signal(signal.SIGTERM)
        log = process.communicate(timeout=10)[1]
    assert process.returncode == 0
    assert "attune_sweep_seconds_count 1.0" in told
    assert 'attune_relationships{state="asleep"} 1.0' in told
    assert "attune_relationships_set_aside 0.0" in told
    assert "attune_calendars_unreadable 0.0" in told
    for private in ("mentor-1", "mentee-1", "pair-1", "northwind", "CANARY", "localhost"):
        assert private not in told
    assert "GET" not in log


def test_a_port_that_is_taken_ends_the_run_with_a_sentence(deployment: Deployment, port: int) -> None:
    """The second of two daemons would otherwise look healthy by the answers of the first."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        said = deployment.attune("run", code=1).stderr
    assert f"attune: cannot listen on 127.0.0.1:{port} (Address already in use)" in said
    assert not deployment.sent()
