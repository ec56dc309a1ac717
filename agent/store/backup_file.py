"""The file of a backup, the same for every database: one JSON value a line, zipped, and a checksum as the last line.

    {"format": "attune-backup", "version": 1, "schema": "0003", "taken_at": "…", "rows": {"journal": 2, …}}
    {"table": "journal", "columns": ["id", "at", …]}
    [1, 1803902400000000, …]
    [2, 1803902400000000, …]
    {"sha256": "…"}

Values stand as the database keeps them: instants as microseconds since the epoch, states as text.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from agent.store.errors import BadBackup

FORMAT, VERSION = "attune-backup", 1

LEVEL = 4
"""How hard to zip: half of what is possible in a quarter of the time."""

AT_ONCE = 1000
"""Rows handed over at a time."""

Progress = Callable[[int, int], None]
"""Told how many rows are done, of how many."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup is of: the schema's revision, the moment it shows, and how many rows each table has."""

    schema: str
    taken_at: datetime
    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        """Rows altogether."""
        return sum(self.rows.values())


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of one table."""

    table: str
    columns: tuple[str, ...]
    rows: list[Sequence[Any]]


@contextmanager
def put_in_place(path: Path) -> Iterator[Path]:
    """Let a backup be written that will be there whole or not at all: under another name, and read once at the end.

    Only its owner can read it.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        verify(unfinished)
        unfinished.replace(path)
        sync_folder(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def write(path: Path, header: Header, batches: Iterable[Batch], progress: Progress) -> None:
    """Write a backup into a file, through to the disk."""
    with path.open("wb") as file:
        with gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=LEVEL, mtime=0) as zipped:
            _fill(zipped, header, batches, progress)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _fill(zipped: gzip.GzipFile, header: Header, batches: Iterable[Batch], progress: Progress) -> None:
    digest, done, table = hashlib.sha256(), 0, None

    def line(value: object) -> None:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        zipped.write(text)
        digest.update(text)

    line(_first(header))
    for batch in batches:
        if batch.table != table:
            table = batch.table
            line({"table": table, "columns": batch.columns})
        for row in batch.rows:
            line(row)
        done += len(batch.rows)
        progress(done, header.total)
    line({"sha256": digest.hexdigest()})


def _first(header: Header) -> dict[str, Any]:
    about = {"schema": header.schema, "taken_at": header.taken_at.isoformat(), "rows": dict(header.rows)}
    return {"format": FORMAT, "version": VERSION, **about}


def verify(path: Path) -> Header:
    """Read a backup from beginning to end and give what it is of. Raises ``BadBackup`` where it is not whole."""
    with _understood(path), gzip.open(path, "rb") as zipped:
        header = _header(path, next(iter(zipped), b""))
    with _understood(path), gzip.open(path, "rb") as zipped:
        digest, rows, last = hashlib.sha256(), 0, b""
        for line in zipped:
            digest.update(last)
            rows += last[:1] == b"["
            last = line
        ending = json.loads(last)
    if ending != {"sha256": digest.hexdigest()} or rows != header.total:
        raise BadBackup(f"{path} is damaged: its checksum does not fit; give another that “attune backup” wrote")
    return header


def _header(path: Path, line: bytes) -> Header:
    found = json.loads(line)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BadBackup(f"{path} is no backup; give a file that “attune backup” wrote")
    if found["version"] != VERSION:
        raise BadBackup(f"{path} is in form {found['version']}, made by a newer Attune; upgrade attune-agent")
    return Header(found["schema"], datetime.fromisoformat(found["taken_at"]), found["rows"])


def read(path: Path) -> Iterator[Batch]:
    """Give the rows of a backup that was verified, in order."""
    with _understood(path), gzip.open(path, "rb") as zipped:
        lines = map(json.loads, zipped)
        next(lines)
        table, columns = "", ()
        while found := list(islice(lines, AT_ONCE)):
            rows: list[Sequence[Any]] = []
            for value in found:
                if isinstance(value, list):
                    rows.append(value)
                    continue
                yield Batch(table, columns, rows)
                table, columns, rows = value.get("table", ""), tuple(value.get("columns", ())), []
            yield Batch(table, columns, rows)


@contextmanager
def _understood(path: Path) -> Iterator[None]:
    """Say of whatever is no such file that it is none."""
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadBackup(f"{path} is no backup, or only part of one; give a file that “attune backup” wrote") from error
