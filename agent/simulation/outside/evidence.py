"""Everything there is to judge by, gathered once: calendars by HTTP, mails and files from disk."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from .appointments import Event, Stretch, attendees, busy, components, organizer, private_texts, stretch_of
from .dav import Collection
from .letters import Letter, read_letters
from .people import Bond, Participant, Roll, read_roll

BEFORE, AFTER = timedelta(days=200), timedelta(days=60)
"""How far around the end of the programme other appointments are looked at."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One of Attune's events as it stands in one person's calendar."""

    person: str
    href: str
    uid: str
    when: Stretch
    sequence: int
    stamp: datetime
    called_off: bool
    invited: frozenset[str]
    text: str


@dataclass(frozen=True)
class Evidence:
    """What was found. ``occupied`` is other busy time by person; ``private`` is text that nobody else may ever see."""

    until: datetime
    roll: Roll
    copies: tuple[Copy, ...]
    occupied: dict[str, tuple[Stretch, ...]]
    letters: tuple[Letter, ...]
    acts: tuple[dict[str, Any], ...]
    files: tuple[Path, ...]
    private: frozenset[str] = field(repr=False)

    def bond(self, uid: str) -> Bond | None:
        """The relationship that a meeting belongs to: the one of exactly those whom its event invites."""
        invited = next((copy.invited for copy in self.copies if copy.uid == uid), None)
        return self.roll.bond_of(invited) if invited is not None else None

    def by_uid(self) -> dict[str, list[Copy]]:
        """Copies of each meeting."""
        found: defaultdict[str, list[Copy]] = defaultdict(list)
        for copy in self.copies:
            found[copy.uid].append(copy)
        return dict(found)


def gather(manifest: dict[str, Any]) -> Evidence:
    """Read it all. ``manifest`` says where; see ``agent.simulation.judge``."""
    until, home = datetime.fromisoformat(manifest["until"]), Path(manifest["home"])
    roll = read_roll(home, range(until.year - 1, until.year + 2))
    horizon = Stretch(until - BEFORE, until + AFTER)
    private = set(roll.private) | set(manifest["logins"].values())
    copies: list[Copy] = []
    occupied: dict[str, tuple[Stretch, ...]] = {}
    for person in roll.people.values():
        taken: list[Stretch] = []
        for calendar in person.calendars:
            ours, others = _sorted(_texts(calendar, home, manifest["logins"]), roll, person)
            copies += ours
            private |= private_texts(others)
            taken += busy(others, person.zone, horizon)
        occupied[person.id] = tuple(sorted(taken))
    acts = json.loads(Path(manifest["acts"]).read_text(encoding="utf-8"))
    letters = read_letters(Path(manifest["mails"]))
    files = tuple(_files(manifest["search"]))
    return Evidence(until, roll, tuple(copies), occupied, tuple(letters), tuple(acts), files, frozenset(private))


def _texts(calendar: dict[str, Any], home: Path, logins: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Address and text of everything in one calendar that people.yaml names."""
    if calendar["kind"] == "ics":
        yield "", (home / calendar["path"]).read_text(encoding="utf-8")
        return
    collection = Collection(calendar["url"], calendar["username"], logins[calendar["username"]])
    for item in collection.items():
        yield item.href, item.text
    collection.close()


def _sorted(texts: Iterator[tuple[str, str]], roll: Roll, person: Participant) -> tuple[list[Copy], list[Event]]:
    """Tell Attune's events in a calendar from everybody else's, by their organizer."""
    ours: list[Copy] = []
    others: list[Event] = []
    for href, text in texts:
        for event in components(text):
            if organizer(event) == roll.sender:
                ours.append(_copy(event, person, href, text))
            else:
                others.append(event)
    return ours, others


def _copy(event: Event, person: Participant, href: str, text: str) -> Copy:
    answers = attendees(event)
    off = str(event.get("STATUS", "")).upper() == "CANCELLED" or answers.get(person.email) == "DECLINED"
    when, sequence = stretch_of(event, person.zone), int(event.get("SEQUENCE", 0))
    stamp = event["DTSTAMP"].dt
    return Copy(person.id, href, str(event["UID"]), when, sequence, stamp, off, frozenset(answers), text)


def _files(listed: list[str]) -> Iterator[Path]:
    for path in map(Path, listed):
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.is_file())
        elif path.is_file():
            yield path
