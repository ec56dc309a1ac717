"""Real CalDAV servers as processes on loopback, each with one user whose collections are made on demand."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from agent.simulation.servers import free_port
from tests.servers.ports import wait_for

USER, PASSWORD = "mentor-1", "sécret"


@dataclass(frozen=True)
class CalDavServer:
    """A running server. ``home`` is the path below which its user may make collections."""

    port: int
    home: str
    username: str | None = None
    password: str | None = None

    @property
    def login(self) -> tuple[str, str] | None:
        """Credentials for a client, where the server asks for some."""
        return (self.username, self.password or "") if self.username else None

    def url(self, path: str) -> str:
        """Address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def make_calendar(self, name: str | None = None) -> str:
        """Make an empty calendar, and give its path."""
        path = f"{self.home}{name or uuid.uuid4().hex}/"
        httpx.request("MKCALENDAR", self.url(path), auth=self.login).raise_for_status()
        return path


@contextmanager
def radicale(folder: Path) -> Iterator[CalDavServer]:
    """Radicale with one user and password, keeping its files in a folder."""
    port = free_port()
    users = folder / "users"
    users.write_text(f"{USER}:{PASSWORD}\n", "utf-8")
    options = {
        "--hosts": f"127.0.0.1:{port}",
        "--auth-type": "htpasswd",
        "--auth-htpasswd-filename": str(users),
        "--auth-htpasswd-encryption": "plain",
        "--auth-delay": "0",
        "--storage-filesystem-folder": str(folder / "collections"),
        "--logging-level": "warning",
    }
    with _running(["radicale", "--config", "", *(word for pair in options.items() for word in pair)], folder, port):
        yield CalDavServer(port, f"/{USER}/", USER, PASSWORD)


@contextmanager
def xandikos(folder: Path) -> Iterator[CalDavServer]:
    """Xandikos with one user; it asks for no password, since it does so over TLS only."""
    port = free_port()
    root = folder / "collections"
    root.mkdir()
    command = ["xandikos", "serve", "-d", str(root), "--defaults", "--current-user-principal", f"/{USER}/"]
    command += ["-l", "127.0.0.1", "-p", str(port), "--no-detect-systemd"]
    with _running(command, folder, port):
        yield CalDavServer(port, f"/{USER}/calendars/")


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[None]:
    """Run a server whose program was installed beside this Python."""
    program = Path(sys.executable).parent / command[0]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([str(program), *command[1:]], stdout=log, stderr=log, cwd=folder)
        try:
            wait_for(port, process)
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
