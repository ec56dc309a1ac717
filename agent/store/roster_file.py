"""A file with the entries of people.yaml, read and found right once, so that nobody has to read them all again.

It is a copy for speed and never the truth: made whole, put in its place in one step, never changed, and thrown away as
soon as anything about it is not as expected. It holds what people.yaml holds and is for its owner's eyes only.
"""

from __future__ import annotations

import json
import os
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote

FORMAT = "1"
"""Raised with every change of what the file holds."""

TABLES = (
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE entries (number INTEGER PRIMARY KEY, id TEXT NOT NULL, text TEXT NOT NULL, marks BLOB, terms TEXT)",
    "CREATE TABLE bonds (person TEXT, number INTEGER, PRIMARY KEY (person, number)) WITHOUT ROWID",
)

MANY = 1000
"""Rows fetched at a time."""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: its list, its place there, its id, its text, where that stands, who is in it, and on what terms."""

    kind: str
    index: int
    id: str
    text: str
    marks: bytes
    members: tuple[str, ...] = ()
    terms: str | None = None


def write(path: Path, rows: Iterable[Row], facts: Mapping[str, str]) -> None:
    """Write a whole file and put it in its place; whoever has the old one open keeps that. Raises ``OSError``.

    ``rows`` come list by list and in order.
    """
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(fresh, isolation_level=None)) as database:
        for statement in ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "BEGIN", *TABLES):
            database.execute(statement).close()
        _fill(database, rows, facts)
        database.execute("CREATE UNIQUE INDEX by_id ON entries (id)")
        database.execute("COMMIT")
    with fresh.open("rb") as written:
        os.fsync(written.fileno())
    fresh.replace(path)


def opened(path: Path, expected: Mapping[str, str]) -> RosterFile | None:
    """Open a file of which all of this is ``expected``; None where there is none, or none that can be used."""
    if not path.is_file():
        return None
    try:
        found = RosterFile(path)
        known = {name: found.facts.get(name) for name in expected}
    except (sqlite3.Error, ValueError, LookupError):
        return None
    return found if known == dict(expected) and found.facts.get("format") == FORMAT else None


def _fill(database: sqlite3.Connection, rows: Iterable[Row], facts: Mapping[str, str]) -> None:
    counts: dict[str, int] = {}
    for number, row in enumerate(rows):
        counts[row.kind] = row.index + 1
        database.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", (number, row.id, row.text, row.marks, row.terms))
        database.executemany("INSERT INTO bonds VALUES (?, ?)", [(person, number) for person in row.members])
    whole = {**facts, "format": FORMAT, "counts": json.dumps(counts)}
    database.executemany("INSERT INTO facts VALUES (?, ?)", whole.items())


class RosterFile:
    """The file, open for reading. Several threads may ask at once; it is closed when nobody holds it any more."""

    def __init__(self, path: Path) -> None:
        uri = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
        self._database = sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)
        self._lock = Lock()
        weakref.finalize(self, self._database.close)
        self.facts: dict[str, str] = dict(self._all("SELECT name, value FROM facts"))
        self._first: dict[str, int] = {}
        self._counts: dict[str, int] = json.loads(self.facts["counts"])
        number = 0
        for kind, count in self._counts.items():
            self._first[kind] = number
            number += count

    def count(self, kind: str) -> int:
        """How many a list has."""
        return self._counts.get(kind, 0)

    def row(self, kind: str, index: int) -> Row:
        """Give an entry by its place. Raises ``IndexError``."""
        if not 0 <= index < self.count(kind):
            raise IndexError(index)
        (found,) = self._all(f"{ROWS} WHERE number = ?", self._first[kind] + index)
        return self._row(found)

    def rows(self, kind: str) -> Iterator[Row]:
        """Give a list in order."""
        return (self._row(found) for found in self._pages(ROWS, kind))

    def ids(self, kind: str) -> Iterator[str]:
        """Give the ids of a list in order."""
        return (found[1] for found in self._pages("SELECT number, id FROM entries", kind))

    def named(self, id_: str) -> Row | None:
        """Give the entry with an id."""
        found = self._all(f"{ROWS} WHERE id = ?", id_)
        return self._row(found[0]) if found else None

    def bonds_of(self, person: str) -> tuple[str, ...]:
        """Ids of the relationships that somebody is in, in order."""
        query = "SELECT id FROM bonds JOIN entries USING (number) WHERE person = ? ORDER BY number"
        return tuple(found[0] for found in self._all(query, person))

    def _row(self, found: tuple[Any, ...]) -> Row:
        number, id_, text, marks, terms = found
        kind = next(kind for kind, first in self._first.items() if first <= number < first + self._counts[kind])
        return Row(kind, number - self._first[kind], id_, text, marks, terms=terms)

    def _pages(self, query: str, kind: str) -> Iterator[tuple[Any, ...]]:
        """Give the rows of a list; nothing stays open from one page to the next."""
        number, end = self._first.get(kind, 0), self._first.get(kind, 0) + self.count(kind)
        while number < end:
            upto = min(number + MANY, end)
            yield from self._all(f"{query} WHERE number >= ? AND number < ? ORDER BY number", number, upto)
            number = upto

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, closing(self._database.execute(query, values)) as cursor:
            return cursor.fetchall()


ROWS = "SELECT number, id, text, marks, terms FROM entries"
