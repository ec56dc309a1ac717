"""An iCalendar file as a calendar to read: somebody's export, or what a synchronising program keeps on disk."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.core.observation import Reading
from agent.core.timespan import Span
from agent.core.whereabouts import Whereabouts
from agent.ical.bounded import Document, read_bounded
from agent.ical.errors import NotCalendar
from connectors.base import Capability
from connectors.errors import Missing, Rejected, Temporary, Unreadable
from connectors.ics.settings import IcsSettings

LARGEST = 10_000_000
"""Bytes of a file that is still read: some twenty thousand events."""

_EVENT = re.compile(rb"^BEGIN:VEVENT\s*$", re.IGNORECASE | re.MULTILINE)


class IcsCalendar:
    """A file that is never written. Its messages name it as the settings do, never where that is on this machine."""

    capabilities = Capability.TOKEN

    def __init__(self, settings: IcsSettings, *, home: Path, where: Whereabouts, owner: str) -> None:
        self._name = settings.path
        self._path = home / settings.path
        self._where = where
        self._owner = owner

    def token(self) -> str:
        """Give a digest of which file it is, its size and when it was last changed."""
        with self._errors():
            found = self._status(self._path.stat())
        marks = f"{found.st_dev} {found.st_ino} {found.st_size} {found.st_mtime_ns}"
        return hashlib.sha256(marks.encode()).hexdigest()[:32]

    def read(self, window: Span, own: frozenset[str]) -> Reading:
        """Read the whole file anew; what cannot be understood at all raises ``Unreadable``."""
        return self._read(self._data(), window, own)

    def check(self) -> str:
        """Read it once, and say how many events it has."""
        data = self._data()
        dropped = self._read(data, Span(0, 1), frozenset()).dropped
        found = len(_EVENT.findall(data))
        lost = f", {dropped} of them without a readable time" if dropped else ""
        return f"{self._name}: {found} event{'s' * (found != 1)}{lost}"

    def close(self) -> None:
        """Nothing is kept open."""

    def _read(self, data: bytes, window: Span, own: frozenset[str]) -> Reading:
        document = Document(data)
        try:
            return read_bounded([document], window, where=self._where, owner=self._owner, own=own, whole=True)
        except NotCalendar as error:
            raise Unreadable(f"{self._name}: {error}") from error

    def _data(self) -> bytes:
        with self._errors():
            self._status(self._path.stat())  # before it is opened: a pipe would wait for ever
            with self._path.open("rb") as file:
                data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise Unreadable(f"{self._name}: larger than {LARGEST // 1_000_000} MB; export fewer years of it")
        return data

    def _status(self, found: os.stat_result) -> os.stat_result:
        if not stat.S_ISREG(found.st_mode):
            raise Unreadable(f"{self._name}: not a file")
        return found

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Translate what the file system says. The causes are left out, for they name the path on this machine."""
        try:
            yield
        except (FileNotFoundError, NotADirectoryError, ValueError):
            raise Missing(f"{self._name}: there is no such file") from None
        except PermissionError:
            raise Rejected(f"{self._name}: it may not be read; give this service the right to") from None
        except OSError as error:
            raise Temporary(f"{self._name}: {os.strerror(error.errno or 0)}") from None
