"""One YAML file as plain values, with the line and column of everything in it, and what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from agent.settings.errors import Position, Problem
from agent.settings.positions import Path, Places
from agent.settings.privacy import nameless
from agent.settings.roster import BONDS, KINDS, Entries, Roster


@dataclass
class Document:
    """What one file says. ``data`` is made of dict, list, str, int, float, bool and None; dates stay text.

    Labels of boundaries are left out. ``private`` has them, and secrets, for as long as problems are collected: what no
    message may repeat. The lists of people.yaml are ``entries`` of a roster, which ``data`` holds too.
    """

    file: str
    data: object = field(default_factory=dict)
    places: Places = field(default_factory=Places)
    problems: list[Problem] = field(default_factory=list)
    private: set[str] = field(default_factory=set, repr=False)
    roster: Roster | None = field(default=None, repr=False)
    entries: dict[str, Entries] = field(default_factory=dict, repr=False)

    @property
    def broken(self) -> bool:
        """Whether nothing in it could be read."""
        return bool(self.problems) and not self.places.values

    @property
    def bonds(self) -> int:
        """How many relationships it lists."""
        return sum(len(listed) for kind, listed in self.entries.items() if kind in BONDS)

    def position(self, path: Path) -> Position:
        """Where the value at a path stands; where it is not written, the nearest thing around it."""
        here, path = self._places(path)
        return here.value(path)

    def key_position(self, path: Path) -> Position:
        """Where the key at a path stands."""
        here, path = self._places(path)
        return here.key(path)

    def _places(self, path: Path) -> tuple[Places, Path]:
        """Give the places of the piece that a path leads into, with what is left of the path there."""
        match path:
            case (str(key), int(index), *_) if key in self.entries and index in range(len(self.entries[key])):
                return self.entries[key].places(index), path[2:]
        return self.places, path

    def at(self, path: Path) -> object:
        """Give the value at a path, None where there is none."""
        here = self.data
        for step in path:
            inside = step in here if isinstance(here, dict) else is_list(here) and step in range(len(here))  # type: ignore[arg-type]  # a list has a length
            if not inside:
                return None
            here = here[step]  # type: ignore[index]  # the line above has asked
        return here

    def report(self, path: Path, wrong: str, advice: str, position: Position | None = None) -> None:
        """Note a problem with what stands at a path."""
        place = position or self.position(path)
        self.problems.append(Problem(self.file, place, spoken_path(nameless(path)), wrong, advice))


def is_list(value: object) -> bool:
    """Whether a value is a list, wherever its items are kept."""
    return isinstance(value, list | Entries)


def spoken_path(path: Path) -> str:
    """Write a path the way people read one: ``people[0].availability[1].from``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def recall(file: str, text: str) -> Document:
    """Give a file as it once was, from the JSON of what it said; nothing in it has a position."""
    return Document(file, json.loads(text))


def listing(file: str, roster: Roster) -> Document:
    """Give a people.yaml that was read before and had no mistake."""
    entries = {kind: Entries(roster, kind) for kind in KINDS}
    return Document(file, dict(entries), Places({(): Position()}), roster=roster, entries=entries)
