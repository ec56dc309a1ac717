"""What a simulated world has recorded: what reached calendars and mailboxes, what people did, what the journal says.

All instants are UTC minutes. ``order`` counts what happened in the world, across all of its records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Write:
    """A write into a person's calendar that was committed, whether or not its answer arrived. ``op`` names it."""

    order: int
    at: int
    person: str
    op: str
    uid: str
    sequence: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that a server took, whether or not it said so. ``calendar`` is its calendar part, empty where none."""

    order: int
    at: int
    person: str
    message_id: str
    calendar: str
    answered: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a person did to one of our events, or to their own calendar; where it is a move, where to."""

    order: int
    at: int
    person: str
    kind: str
    uid: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault that struck, or a process that died (``person`` empty)."""

    order: int
    at: int
    person: str
    kind: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the journal."""

    at: int
    event: str
    relationship: str
    number: int
    person: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Copy:
    """One of our events as it stands in a person's calendar at the end."""

    person: str
    uid: str
    sequence: int
    start: int
    end: int
    off: bool


@dataclass
class Evidence:
    """Everything there is to judge by. ``people`` and ``policy`` are raw, as in the files.

    ``overdue`` is what was left to do though its time had come.
    ``calm`` is the minute from which nothing went wrong any more.
    """

    start: int
    calm: int
    end: int
    people: Sequence[Mapping[str, Any]]
    relationships: Mapping[str, tuple[str, ...]]
    cadences: Mapping[str, Mapping[str, str]]
    policy: Mapping[str, Any]
    writes: list[Write] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    journal: list[Line] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    overdue: list[str] = field(default_factory=list)
    _order: int = 0

    def next(self) -> int:
        """Give the next number of what happens."""
        self._order += 1
        return self._order


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise that was not kept: which, about whom, since when, and what was found."""

    invariant: str
    relationship: str
    at: int
    what: str
