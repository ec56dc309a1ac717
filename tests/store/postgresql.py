"""Starts a real PostgreSQL in a temporary folder: one server for each test process, an empty database for each test.

The server listens on a unix socket only. It refuses to run as root, so as root it is started as its own user.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

HOW = "PostgreSQL is not installed here; try: apt-get install postgresql"


def binaries() -> Path | None:
    """The folder with the newest server's programs, wherever the system keeps them."""
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name.split(".")[0]))
    on_path = shutil.which("initdb")
    found = [*([Path(on_path).resolve().parent] if on_path else []), *known]
    return next((path for path in reversed(found) if (path / "initdb").exists()), None)


@dataclass(frozen=True)
class Server:
    """A running server, reached through the socket in this folder."""

    folder: Path

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    @contextmanager
    def database(self) -> Iterator[str]:
        """Give the URL of an empty database that is dropped afterwards."""
        name = f"attune_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(host=str(self.folder), user="postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
            try:
                yield self.url(name)
            finally:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@contextmanager
def server(programs: Path) -> Iterator[Server]:
    """Run a server until the end. Nothing on it outlives a crash, so nothing is synced."""
    folder = Path(tempfile.mkdtemp(prefix="attune-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        data = folder / "data"
        _run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=100"
        _run(programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
        try:
            yield Server(folder)
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def needed() -> Iterator[Server]:
    """Run a server for a test, or skip it where there is no PostgreSQL."""
    programs = binaries()
    if programs is None:
        pytest.skip(HOW)
    with server(programs) as running:
        yield running


def _run(*command: object) -> None:
    as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    line = [*as_owner, *map(str, command)]
    # To a file and not to a pipe: the server would inherit a pipe and keep it open.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(line, stdout=output, stderr=output, cwd="/", check=False)
        output.seek(0)
        assert done.returncode == 0, output.read().decode()
