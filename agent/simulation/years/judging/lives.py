"""The life of each meeting as the journal tells it, and the names by which the outside knows what belongs to it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from agent.simulation.years.judging import rulebook
from agent.simulation.years.judging.evidence import Deed, Evidence, Line, Mail, Trouble, Write
from agent.simulation.years.judging.rulebook import EPOCH, MINUTE, Rulebook

KINDS = ("invitation", "agenda", "moved", "cancelled", "follow-up", "cannot-find")
ENDS = {"held", "called-off", "cancelled"}


@dataclass(frozen=True, slots=True)
class Version:
    """A meeting between two changes: since when, its revision, its start (None: it is off), and why it changed."""

    at: int
    revision: int
    start: int | None
    why: str = ""


@dataclass
class Life:
    """One meeting. ``closed`` is when it ended and ``end`` how, both empty while it stands."""

    relationship: str
    number: int
    versions: list[Version] = field(default_factory=list)
    end: str = ""
    closed: int = 0

    @property
    def uid(self) -> str:
        """The identity of its events."""
        return f"{_digest('attune', self.relationship, str(self.number))}@attune"

    @property
    def last(self) -> Version:
        """As it stood when it was on for the last time."""
        return next(version for version in reversed(self.versions) if version.start is not None)

    def standing(self, before: int) -> Version | None:
        """As it stood just before a minute."""
        return next((version for version in reversed(self.versions) if version.at < before), None)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a mail is about, by its Message-ID."""

    relationship: str
    number: int
    revision: int
    person: str
    kind: str


@dataclass
class Case:
    """Evidence, sorted."""

    evidence: Evidence

    @cached_property
    def rules(self) -> dict[str, Rulebook]:
        """Everybody's rules."""
        evidence = self.evidence
        first = (EPOCH + evidence.start * MINUTE).year
        return rulebook.read(evidence.people, evidence.policy, range(first - 1, first + 3))

    def cadence(self, relationship: str) -> tuple[int, int]:
        """Minutes between two meetings of a relationship, and how much earlier or later one may be."""
        return rulebook.cadence(self.evidence.policy, self.evidence.cadences[relationship])

    @cached_property
    def lives(self) -> dict[str, list[Life]]:
        """Meetings by relationship, in the order of their numbers."""
        found: dict[str, dict[int, Life]] = {name: {} for name in self.evidence.relationships}
        for line in self.evidence.journal:
            if line.relationship in found:
                _live(found[line.relationship], line)
        return {name: [lives[number] for number in sorted(lives)] for name, lives in found.items()}

    @cached_property
    def by_uid(self) -> dict[str, Life]:
        """Meetings by the identity of their events."""
        return {life.uid: life for life in self.all}

    @property
    def all(self) -> Iterator[Life]:
        """Every meeting."""
        return (life for lives in self.lives.values() for life in lives)

    @cached_property
    def identities(self) -> dict[str, Identity]:
        """What every mail that there could be is about."""
        return {_key(each): each for each in self._identities()}

    def _identities(self) -> Iterator[Identity]:
        for name, lives in self.lives.items():
            revisions = {life.number: len(life.versions) + 1 for life in lives}
            last = max(revisions, default=0)
            for number in range(1, last + 2):
                for revision in range(revisions.get(number, 1)):
                    for person in self.evidence.relationships[name]:
                        yield from (Identity(name, number, revision, person, kind) for kind in KINDS)

    @cached_property
    def mails(self) -> dict[Identity, list[Mail]]:
        """Mails by what they are about; those of no known identity are left out."""
        found: defaultdict[Identity, list[Mail]] = defaultdict(list)
        for mail in self.evidence.mails:
            if (identity := self.identity(mail)) is not None:
                found[identity].append(mail)
        return found

    def identity(self, mail: Mail) -> Identity | None:
        """What a mail is about, None where nothing that the journal knows of."""
        return self.identities.get(mail.message_id.strip("<>").partition("@")[0])

    @cached_property
    def writes(self) -> dict[tuple[str, str], list[Write]]:
        """Writes by person and event."""
        found: defaultdict[tuple[str, str], list[Write]] = defaultdict(list)
        for write in self.evidence.writes:
            found[write.person, write.uid].append(write)
        return found

    @cached_property
    def deeds(self) -> dict[str, list[Deed]]:
        """What people did, by event; what they did to none of ours is left out."""
        found: defaultdict[str, list[Deed]] = defaultdict(list)
        for deed in self.evidence.deeds:
            if deed.uid:
                found[deed.uid].append(deed)
        return found

    @cached_property
    def long_troubles(self) -> list[Trouble]:
        """Troubles that last for a day or more: withdrawn access, outages, a process that nobody started again."""
        return [each for each in self.evidence.troubles if each.kind.endswith(("revoked", "outage", "for long"))]

    @cached_property
    def lines(self) -> dict[tuple[str, int, str], list[Line]]:
        """Lines of the journal about one person's part in one meeting."""
        found: defaultdict[tuple[str, int, str], list[Line]] = defaultdict(list)
        for line in self.evidence.journal:
            found[line.relationship, line.number, line.person].append(line)
        return found

    def told(self, name: str, number: int, person: str, *events: str) -> list[Line]:
        """Those of these kinds."""
        return [line for line in self.lines.get((name, number, person), ()) if line.event in events]


def _live(lives: dict[int, Life], line: Line) -> None:
    if line.event == "booked":
        lives[line.number] = Life(
            line.relationship, line.number, [Version(line.at, 0, minute_of(line.detail["start"]))]
        )
        return
    life = lives.get(line.number)
    if life is None:
        return
    why = str(line.detail.get("why", ""))
    if line.event == "moved":
        life.versions.append(Version(line.at, len(life.versions), minute_of(line.detail["start"]), why))
    elif line.event == "cancelled":
        life.versions.append(Version(line.at, len(life.versions), None, why))
    if line.event in ENDS:
        life.end, life.closed = line.event, line.at


def minute_of(text: str) -> int:
    """Read an instant of the journal."""
    return (datetime.fromisoformat(text) - EPOCH) // MINUTE


def spoken(minute: int) -> str:
    """Write an instant for people."""
    return f"{EPOCH + minute * MINUTE:%Y-%m-%dT%H:%MZ}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _key(identity: Identity) -> str:
    told = (identity.relationship, str(identity.number), str(identity.revision), "send-mail")
    return _digest("attune", *told, identity.person, identity.kind)
