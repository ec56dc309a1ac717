"""The entries of people.yaml one by one, so that nobody has to hold them all: as JSON, with the places they stand at.

Labels of boundaries are not among what is kept.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol, overload

from agent.settings.positions import Marks, Places, spread

PEOPLE, PAIRS, CIRCLES = KINDS = ("people", "pairs", "circles")
"""Keys of the three lists of people.yaml."""

BONDS = (PAIRS, CIRCLES)
"""Those that hold relationships."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One entry: the list it is in, the how-manieth it is there, what it says, and ``Marks`` as bytes.

    ``terms`` are those of a relationship under the policy that the roster was found right with, where they are known.
    """

    kind: str
    index: int
    text: str
    marks: bytes = b""
    terms: str | None = None

    @property
    def data(self) -> Any:
        """What the entry says."""
        return json.loads(self.text)


class Roster(Protocol):
    """Where entries are kept. Ids are as they are written: only of files without a mistake are they each one's own."""

    def count(self, kind: str) -> int:
        """How many a list has."""

    def entry(self, kind: str, index: int) -> Kept:
        """Give one by its place. Raises ``IndexError``."""

    def entries(self, kind: str) -> Iterator[Kept]:
        """Give a list in order."""

    def ids(self, kind: str) -> Iterator[str | None]:
        """Give the id of each in order, None where one has none."""

    def named(self, id_: str, kinds: Sequence[str] = KINDS) -> Kept | None:
        """Give the one with this id."""

    def bonds_of(self, person: str) -> tuple[str, ...]:
        """Ids of the relationships that somebody is in, in order."""

    @property
    def digest(self) -> str:
        """The same for the same entries, another where any differs."""

    @property
    def policy(self) -> str | None:
        """What policy.yaml said, as JSON, when this was found right with it; None where that is not known."""


@dataclass
class Pile:
    """A roster in memory."""

    _kept: dict[str, list[tuple[str, bytes]]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    _ids: dict[str, list[str | None]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    _named: dict[str, tuple[str, int]] = field(default_factory=dict)
    _bonds: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, kind: str, data: object, marks: Marks) -> None:
        """Keep one more."""
        index, id_ = len(self._kept[kind]), id_of(data)
        text = json.dumps(data, separators=(",", ":"))
        self._kept[kind].append((text, marks.numbers.tobytes()))
        self._ids[kind].append(id_)
        if id_ is None:
            return
        self._named.setdefault(id_, (kind, index))
        for person in members(data) if kind in BONDS else ():
            self._bonds[person] = (*self._bonds.get(person, ()), id_)

    def count(self, kind: str) -> int:
        """How many a list has."""
        return len(self._kept[kind])

    def entry(self, kind: str, index: int) -> Kept:
        """Give one by its place. Raises ``IndexError``."""
        return Kept(kind, index, *self._kept[kind][index])

    def entries(self, kind: str) -> Iterator[Kept]:
        """Give a list in order."""
        return (Kept(kind, index, *kept) for index, kept in enumerate(self._kept[kind]))

    def ids(self, kind: str) -> Iterator[str | None]:
        """Give the id of each in order, None where one has none."""
        return iter(self._ids[kind])

    def named(self, id_: str, kinds: Sequence[str] = KINDS) -> Kept | None:
        """Give the one with this id."""
        kind, index = self._named.get(id_, ("", 0))
        return self.entry(kind, index) if kind in kinds else None

    def bonds_of(self, person: str) -> tuple[str, ...]:
        """Ids of the relationships that somebody is in, in order."""
        return self._bonds.get(person, ())

    @property
    def digest(self) -> str:
        """The same for the same entries, another where any differs."""
        whole = sha256()
        for kind in KINDS:
            whole.update(kind.encode())
            for text, _ in self._kept[kind]:
                whole.update(text.encode() + b"\n")
        return whole.hexdigest()

    @property
    def policy(self) -> None:
        """Not known: what is in memory may still be wrong."""
        return


def pile(lists: Mapping[str, Iterable[object]]) -> Pile:
    """Keep what no file says."""
    made = Pile()
    for kind in KINDS:
        for data in lists.get(kind, ()):
            made.add(kind, data, Marks())
    return made


def id_of(data: object) -> str | None:
    """Give an entry's id, if that is text."""
    found = data.get("id") if isinstance(data, dict) else None
    return found if isinstance(found, str) else None


def members(data: object) -> tuple[str, ...]:
    """Give the ids of a relationship's people, each once, the mentor first; as far as they are text."""
    if not isinstance(data, dict):
        return ()
    several = data.get("mentees")
    named = (data.get("mentor"), data.get("mentee"), *(several if isinstance(several, list) else ()))
    return tuple(dict.fromkeys(each for each in named if isinstance(each, str)))


class Entries(Sequence[Any]):
    """One list of a roster, read entry by entry."""

    def __init__(self, roster: Roster, kind: str) -> None:
        self._roster = roster
        self._kind = kind
        self._last: tuple[int, Places] | None = None

    def __len__(self) -> int:
        return self._roster.count(self._kind)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        return self._roster.entry(self._kind, index).data

    def __iter__(self) -> Iterator[Any]:
        return (kept.data for kept in self._roster.entries(self._kind))

    def places(self, index: int) -> Places:
        """Where everything in an entry stands, by the way to it from there."""
        if self._last is None or self._last[0] != index:
            kept = self._roster.entry(self._kind, index)
            marks = Marks(array("I"))
            marks.numbers.frombytes(kept.marks)
            self._last = index, spread(kept.data, marks)
        return self._last[1]
