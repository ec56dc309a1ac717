"""The two servers of a rehearsal, on loopback only: a calendar server, and a mail server that keeps what it takes."""

from __future__ import annotations

import importlib.util
import json
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"

CONFIGURATION = """\
[server]
hosts = {host}:{port}
[auth]
type = htpasswd
htpasswd_filename = {users}
htpasswd_encryption = plain
[rights]
type = owner_only
[storage]
filesystem_folder = {storage}
[logging]
level = warning
"""


class ServerFailed(Exception):
    """A server of the rehearsal did not start."""


def missing_packages() -> list[str]:
    """Names of what the rehearsal needs and is not installed; the extra ``demo`` brings it."""
    return [name for name in ("aiosmtpd", "radicale") if importlib.util.find_spec(name) is None]


OURS = range(12_000, 32_000)
"""Below those that systems give to whoever asks for any, so that no connection takes one between choice and use."""


def free_port() -> int:
    """Give a port that nobody listens on now."""
    while True:
        port = secrets.choice(OURS)
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        return port


@contextmanager
def calendar_server(folder: Path, port: int, logins: Mapping[str, str]) -> Iterator[None]:
    """Run Radicale with its storage in a folder; each login sees its own collections and nobody else's."""
    folder.mkdir(parents=True, exist_ok=True)
    users, configuration = folder / "users", folder / "configuration"
    users.write_text("".join(f"{name}:{password}\n" for name, password in logins.items()), encoding="utf-8")
    configuration.write_text(
        CONFIGURATION.format(host=LOOPBACK, port=port, users=users, storage=folder / "storage"), encoding="utf-8"
    )
    command = [sys.executable, "-m", "agent.simulation.calendar_server", str(configuration)]
    with (folder / "log").open("ab") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _wait_for(port, process)
            yield
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex((LOOPBACK, port)) == 0:
                return
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise ServerFailed(f"the calendar server did not start on port {port}")


class _Sink:
    """Keeps each message as it came, and beside it its envelope and the programme's time."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now
        self._count = len(list(folder.glob("*.eml")))

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  its name is aiosmtpd's
        """Take a message."""
        self._count += 1
        name = f"{self._count:04}"
        about = {"at": self._now().isoformat(), "from": envelope.mail_from, "to": envelope.rcpt_tos}
        (self._folder / f"{name}.json").write_text(json.dumps(about), encoding="utf-8")
        (self._folder / f"{name}.eml").write_bytes(envelope.original_content)
        return f"250 kept as {name}"


@contextmanager
def mail_server(folder: Path, port: int, now: Callable[[], datetime]) -> Iterator[None]:
    """Take mail for everybody and keep it in a folder, as it arrives."""
    from aiosmtpd.controller import Controller  # noqa: PLC0415 - only the extra ``demo`` brings it

    folder.mkdir(parents=True, exist_ok=True)
    controller = Controller(_Sink(folder, now), hostname=LOOPBACK, port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()
