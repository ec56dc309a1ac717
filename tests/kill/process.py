"""``attune run`` as a process that can be killed: started as a command, or forked from one that has imported it all.

Starting Python, importing, and working out what a process works out once are most of a short life. A forked one is
spared that, and nothing else.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

ATTUNE = Path(sys.executable).parent / "attune"


@dataclass
class Process:
    """One life of the daemon. ``wait`` gives its exit status, None where it is alive and nobody waits."""

    pid: int
    began: float
    wait: Callable[[bool], int | None]

    def ended(self) -> bool:
        """Whether it has ended by itself."""
        return self.wait(False) is not None

    def kill(self) -> float | None:
        """Kill it and see it gone; when that was, None where it had ended before."""
        if self.ended():
            return None
        moment = time.monotonic()
        os.kill(self.pid, signal.SIGKILL)
        status = self.wait(True)
        return moment if status is not None and os.WIFSIGNALED(status) else None

    def stop(self) -> int:
        """Ask it to end, and give its exit code."""
        if not self.ended():
            os.kill(self.pid, signal.SIGTERM)
        status = self.wait(True)
        assert status is not None
        return os.waitstatus_to_exitcode(status)


Start = Callable[[Path], Process]


@contextmanager
def commands() -> Iterator[Start]:
    """Start each as everybody does."""
    started: list[Process] = []

    def start(home: Path) -> Process:
        started[:] = [_command(home)]
        return started[0]

    try:
        yield start
    finally:
        for process in started:
            process.kill()


def _command(home: Path) -> Process:
    with (home.parent / "log").open("ab") as log:
        command = [str(ATTUNE), "run", "--home", str(home)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment())

    def wait(patiently: bool) -> int | None:
        pid, status = os.waitpid(process.pid, 0 if patiently else os.WNOHANG)
        process.returncode = 0 if pid else None  # it is waited for here, not there
        return status if pid else None

    return Process(process.pid, time.monotonic(), _once(wait))


@contextmanager
def forks() -> Iterator[Start]:
    """Fork each from one process that does nothing else."""
    command = [sys.executable, "-m", "tests.kill.parent"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, bufsize=1, env=_environment()) as parent:

        def ask(question: str) -> str:
            assert parent.stdin is not None
            assert parent.stdout is not None
            parent.stdin.write(question + "\n")
            return parent.stdout.readline().strip()

        def start(home: Path) -> Process:
            pid = int(ask(f"start {home}"))

            def wait(patiently: bool) -> int | None:
                status = ask(f"{'wait' if patiently else 'poll'} {pid}")
                return int(status) if status else None

            return Process(pid, time.monotonic(), _once(wait))

        yield start
        assert parent.stdin is not None
        parent.stdin.close()


@contextmanager
def mixed() -> Iterator[Start]:
    """Start every tenth as a command, fork the others."""
    turns = count()
    with commands() as slowly, forks() as quickly:

        def start(home: Path) -> Process:
            return quickly(home) if next(turns) % 10 else slowly(home)

        yield start


def _once(wait: Callable[[bool], int | None]) -> Callable[[bool], int | None]:
    """Keep a status with the life it is of, and ask no more: its number may be another's by then."""
    ended: list[int] = []

    def kept(patiently: bool) -> int | None:
        if not ended and (status := wait(patiently)) is not None:
            ended.append(status)
        return ended[0] if ended else None

    return kept


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("ATTUNE", "NOTIFY"))}
