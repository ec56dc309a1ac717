"""Finds the roster of a deployment: a large people.yaml is read once for each content, by a process that then ends."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from select import select
from subprocess import DEVNULL, PIPE, Popen
from threading import Event
from typing import IO, Any

from agent import __version__
from agent.core import zones
from agent.settings.errors import Position, Problem, SettingsError
from agent.settings.load import PEOPLE
from agent.settings.progress import Passed, silent
from agent.settings.reading import read
from agent.settings.roster import KINDS, Kept
from agent.store import roster_file
from agent.store.roster_file import RosterFile, Row

SMALL = 200_000
"""Bytes of a people.yaml that is read anew each time, in a tenth of a second."""

PLACE = Path(".attune/roster.db")
"""Where the roster lies in a deployment folder."""

GLANCE = 0.25
"""Seconds between two looks whether to go on."""


class Interrupted(Exception):
    """Whoever waited was asked to stop."""


class NotRead(Exception):
    """The process that reads people.yaml ended before it had."""


@dataclass(frozen=True)
class Compiled:
    """A roster that was read and found right before."""

    file: RosterFile

    def count(self, kind: str) -> int:
        """How many a list has."""
        return self.file.count(kind)

    def entry(self, kind: str, index: int) -> Kept:
        """Give one by its place. Raises ``IndexError``."""
        return _kept(self.file.row(kind, index))

    def entries(self, kind: str) -> Iterator[Kept]:
        """Give a list in order."""
        return map(_kept, self.file.rows(kind))

    def ids(self, kind: str) -> Iterator[str | None]:
        """Give the id of each in order."""
        return self.file.ids(kind)

    def named(self, id_: str, kinds: Sequence[str] = KINDS) -> Kept | None:
        """Give the one with this id."""
        row = self.file.named(id_)
        return _kept(row) if row and row.kind in kinds else None

    def bonds_of(self, person: str) -> tuple[str, ...]:
        """Ids of the relationships that somebody is in, in order."""
        return self.file.bonds_of(person)

    @property
    def digest(self) -> str:
        """The same for the same entries, another where any differs."""
        return self.file.facts["digest"]

    @property
    def policy(self) -> str | None:
        """What policy.yaml said, as JSON, when this was found right with it."""
        return self.file.facts["policy"]


def _kept(row: Row) -> Kept:
    return Kept(row.kind, row.index, row.text, row.marks, row.terms)


def facts(home: Path) -> dict[str, str]:
    """Say what a roster is made from. Raises ``OSError``."""
    with (home / PEOPLE).open("rb") as file:
        return {"people": file_digest(file, "sha256").hexdigest(), "zones": zones.VERSION, "program": __version__}


def roster_of(home: Path, passed: Passed = silent, stopping: Callable[[], bool] = bool) -> Compiled | None:
    """Give the roster of a large deployment, reading its files if need be; None for one that is small or unreadable.

    Raises ``SettingsError`` with all problems of the files, ``NotRead``, and ``Interrupted`` while ``stopping``.
    """
    try:
        if (home / PEOPLE).stat().st_size < SMALL:
            return None
        expected = facts(home)
    except OSError:
        return None  # whoever reads the file says so
    expected["policy"] = json.dumps(read(home, "policy.yaml").data, sort_keys=True)
    with _place(home) as place:
        if found := roster_file.opened(place, expected):
            return Compiled(found)
        with _alone(place, stopping):
            if not (found := roster_file.opened(place, expected)):
                _compile(home, place, passed, stopping)
                found = roster_file.opened(place, {"program": __version__})
    if found is None:
        raise NotRead(f"what was read of {PEOPLE} cannot be found again at {place}")
    return Compiled(found)


@contextmanager
def _place(home: Path) -> Iterator[Path]:
    """Give where the roster lies; where nobody may write there, somewhere else for as long as it takes to open it."""
    place = home / PLACE
    try:
        place.parent.mkdir(mode=0o700, exist_ok=True)
        place.with_suffix(".lock").touch(mode=0o600)
    except OSError:
        if place.exists():
            yield place
            return
        with tempfile.TemporaryDirectory(prefix="attune-") as folder:
            yield Path(folder) / PLACE.name
    else:
        yield place


@contextmanager
def _alone(place: Path, stopping: Callable[[], bool]) -> Iterator[None]:
    """Let one process at a time do it: the next finds it done."""
    with place.with_suffix(".lock").open("w", encoding="utf-8") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                _go_on(stopping)
                Event().wait(GLANCE)
        yield


def _compile(home: Path, place: Path, passed: Passed, stopping: Callable[[], bool]) -> None:
    command = [sys.executable, "-m", "agent.wiring.compiling", str(home), str(place)]
    with Popen(command, stdin=DEVNULL, stdout=PIPE) as process:
        try:
            said = _last_word(process.stdout, passed, stopping)
        finally:
            if process.poll() is None:
                process.kill()
    if said is None:
        raise NotRead(f"the process that reads {PEOPLE} broke off (exit code {process.returncode})")
    if problems := [_problem(each) for each in said]:
        raise SettingsError(problems)


def _last_word(stdout: IO[bytes] | None, passed: Passed, stopping: Callable[[], bool]) -> list[dict[str, Any]] | None:
    """Hand on how far it has come, and give the problems it says at last; None where it says nothing."""
    pipe, rest = (stdout.fileno() if stdout else -1), b""
    while True:
        _go_on(stopping)
        if not select([pipe], [], [], GLANCE)[0]:
            continue
        read = os.read(pipe, 65536)
        *lines, rest = (rest + read).split(b"\n")
        for line in map(json.loads, lines):
            if isinstance(line, list):
                return line
            passed(line)
        if not read:
            return None


def _go_on(stopping: Callable[[], bool]) -> None:
    if stopping():
        raise Interrupted


def _problem(said: Mapping[str, Any]) -> Problem:
    return Problem(**{**said, "position": Position(**said["position"])})
