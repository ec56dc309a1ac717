"""Starting a provider's double as a process, and the hand on its control API."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from agent.simulation.servers import free_port
from tests.servers.ports import wait_for

ROOT = Path(__file__).parents[3]
HTTP = httpx.Client(verify=False, timeout=30, limits=httpx.Limits(max_keepalive_connections=0))  # noqa: S501 - loopback
"""One for all calls, since making a client reads every certificate of the machine; each call has its own connection."""


@dataclass(frozen=True)
class Double:
    """A running double; ``log`` is what it printed."""

    port: int
    control_port: int
    log: Path

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API and give what it says, or fail with its words."""
        answer = HTTP.request(method, f"http://127.0.0.1:{self.control_port}{path}", json=body)
        if answer.is_error:
            raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()

    def reset(self) -> None:
        """Forget everything."""
        self.ask("POST", "/reset")

    def set_clock(self, at: datetime | None) -> None:
        self.ask("PUT", "/clock", {"now": at and at.isoformat()})

    def advance(self, seconds: float) -> None:
        self.ask("POST", "/clock/advance", {"seconds": seconds})

    def plan_faults(self, **plan: Any) -> None:
        """Draw faults by a seed; see ``faults.Plan``."""
        self.ask("PUT", "/faults", plan)

    def fail_next(self, method: str, fault: str) -> None:
        """Hit the next write of a method (a pattern) with this fault."""
        self.ask("POST", "/faults/next", {"method": method, "fault": fault})

    def faults(self) -> list[dict[str, Any]]:
        """Give the faults so far."""
        hit: list[dict[str, Any]] = self.ask("GET", "/faults")["hit"]
        return hit

    def calls(self) -> dict[str, Any]:
        """Give what reached the double; see ``ledger.Ledger.summary``."""
        summary: dict[str, Any] = self.ask("GET", "/calls")
        return summary

    def assert_sound(self) -> None:
        """Fail where the double itself broke its provider's description."""
        broken = self.calls()["broken"]
        assert not broken, broken


@contextmanager
def running(module: str, folder: Path, *more: str) -> Iterator[tuple[int, int, Path]]:
    """Run a double's module with two free ports; its output goes to a file in the folder."""
    port, control_port, log = free_port(), free_port(), folder / f"{module}.log"
    command = [sys.executable, "-m", module, "--port", str(port), "--control-port", str(control_port), *more]
    with log.open("ab") as out, subprocess.Popen(command, stdout=out, stderr=out, cwd=ROOT) as process:
        try:
            wait_for(control_port, process)
            wait_for(port, process)
            yield port, control_port, log
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
