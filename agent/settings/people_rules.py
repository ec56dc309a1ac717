"""What pydantic cannot see in ``people.yaml``: names that must exist, be alone, or agree.

Everything here looks at what is written, not at a finished model, so that one mistake does not hide another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from agent.settings.complaints import part
from agent.settings.document import Document
from agent.settings.mistakes import quote, suggestion
from agent.settings.people_file import BOND_SECTIONS, PersonSection, RelationshipSection, TravelSection
from agent.settings.positions import Path
from agent.settings.roster import BONDS, KINDS, PEOPLE, id_of

AT_HAND = 2048
"""People who are kept in memory, of those who are in a relationship that is looked at."""


@dataclass(frozen=True, slots=True)
class Written:
    """One item of a list: where it stands, what is written, and its id where it has one."""

    path: Path
    data: Mapping[str, object]

    @property
    def id(self) -> str | None:
        """Its id, if that is text."""
        return id_of(self.data)


def items(document: Document, key: str) -> Iterator[Written]:
    """Give the items of a list that are groups of keys."""
    for index, item in enumerate(document.entries.get(key, ())):
        if isinstance(item, dict):
            yield Written((key, index), item)


class Described(Mapping[str, tuple[Path, PersonSection]]):
    """The people who are described without a mistake, with where they stand; the last of each id."""

    def __init__(self, document: Document, model: type[PersonSection]) -> None:
        self._entries = document.entries.get(PEOPLE, ())
        self._model = model
        self._places: dict[str, list[int]] = {}
        for index, id_ in enumerate(_ids(document, PEOPLE)):
            if id_ is not None:
                self._places.setdefault(id_, []).append(index)
        self._described = lru_cache(AT_HAND)(self._describe)

    def _describe(self, id_: str) -> tuple[Path, PersonSection] | None:
        for index in reversed(self._places.get(id_, ())):
            if person := part(self._model, self._entries[index]):
                return (PEOPLE, index), person
        return None

    def __getitem__(self, id_: str) -> tuple[Path, PersonSection]:
        if (found := self._described(id_)) is None:
            raise KeyError(id_)
        return found

    def __iter__(self) -> Iterator[str]:
        return (id_ for id_ in self._places if self._described(id_))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def relationships(document: Document) -> Iterator[tuple[Path, RelationshipSection]]:
    """Give the pairs and circles that are described without a mistake, with where they stand."""
    for key, model in BOND_SECTIONS.items():
        for item in items(document, key):
            if found := part(model, item.data):
                yield item.path, found


def check(document: Document) -> None:
    """Report what clashes, and who does not exist."""
    _ids_are_alone(document)
    seen: dict[str, Path] = {}
    for person in items(document, PEOPLE):
        _address_is_alone(document, person, seen)
        _one_calendar_books(document, person)
        _media_are_alone(document, person)
        _travels_are_apart(document, person)
    known = {id_ for id_ in _ids(document, PEOPLE) if id_}
    for key in BONDS:
        for item in items(document, key):
            _everybody_exists(document, item, known)
            _nobody_is_there_twice(document, item)
            _ends_after_it_starts(document, item)


def _ids(document: Document, kind: str) -> Iterator[str | None]:
    return document.roster.ids(kind) if document.roster else iter(())


def _ids_are_alone(document: Document) -> None:
    seen: dict[str, Path] = {}
    for key in KINDS:
        for index, id_ in enumerate(_ids(document, key)):
            here = (key, index, "id")
            if id_ in seen:
                wrong = f"the id {quote(id_)} is taken, on line {document.position(seen[id_]).line}"
                document.report(here, wrong, "write another; ids are unique across people, pairs and circles")
            elif id_:
                seen[id_] = here


def _address_is_alone(document: Document, person: Written, seen: dict[str, Path]) -> None:
    address, here = person.data.get("email"), (*person.path, "email")
    if not isinstance(address, str):
        return
    first = seen.setdefault(address.casefold(), here)
    if first != here:
        wrong = f"this is also the address of the person on line {document.position(first).line}"
        document.report(here, wrong, "write each person's own address")


def _ends_after_it_starts(document: Document, item: Written) -> None:
    if not {"starts", "ends"} <= item.data.keys():
        return
    found = part(BOND_SECTIONS[str(item.path[0])], item.data)
    if found and found.starts and found.ends and str(found.ends) < str(found.starts)[:10]:
        document.report((*item.path, "ends"), "this is before it starts", "write a day on or after “starts”")


def _one_calendar_books(document: Document, person: Written) -> None:
    calendars = person.data.get("calendars")
    listed = calendars if isinstance(calendars, list) else []
    booking = [index for index, item in enumerate(listed) if isinstance(item, dict) and item.get("book") is True]
    for index in booking[1:]:
        document.report(
            (*person.path, "calendars", index, "book"),
            "a second calendar of this person takes meetings",
            "leave “book: true” on one calendar only",
        )


def _media_are_alone(document: Document, person: Written) -> None:
    media = person.data.get("media")
    listed = media if isinstance(media, list) else []
    for index, medium in enumerate(listed):
        if medium in listed[:index]:
            document.report((*person.path, "media", index), f"{quote(medium)} is there twice", "leave it out here")


def _travels_are_apart(document: Document, person: Written) -> None:
    """Report each stay that begins before an earlier one is over, at its dates."""
    written = person.data.get("travel")
    read = enumerate(part(TravelSection, item) for item in (written if isinstance(written, list) else ()))
    stays = sorted(((stay.dates, number) for number, stay in read if stay), key=lambda each: each[0].first)
    for (before, number), (after, later) in pairwise(stays):
        if after.first <= before.last:
            here, there = ((*person.path, "travel", each, "dates") for each in sorted((number, later), reverse=True))
            wrong = f"this travel overlaps the one on line {document.position(there).line}"
            document.report(here, wrong, "let one end before the other begins")


def _mentees(item: Written) -> list[tuple[Path, object]]:
    several = item.data.get("mentees")
    if item.path[0] == "pairs":
        return [((*item.path, "mentee"), item.data.get("mentee"))]
    return [((*item.path, "mentees", n), one) for n, one in enumerate(several if isinstance(several, list) else ())]


def _everybody_exists(document: Document, item: Written, known: set[str]) -> None:
    for path, who in (((*item.path, "mentor"), item.data.get("mentor")), *_mentees(item)):
        if isinstance(who, str) and who not in known:
            listed = f"write the id of somebody under “people”{_some(known)}"
            document.report(path, f"there is no person {quote(who)}", suggestion(who, known, listed))


def _some(known: set[str]) -> str:
    return f": {', '.join(sorted(known))}" if 0 < len(known) <= 8 else ""


def _nobody_is_there_twice(document: Document, item: Written) -> None:
    mentor = item.data.get("mentor")
    seen: list[object] = []
    for path, who in _mentees(item):
        if who is not None and who == mentor:
            document.report(path, f"{quote(who)} is the mentor too", "write somebody else")
        elif who is not None and who in seen:
            document.report(path, f"{quote(who)} is there twice", "leave the second one out")
        seen.append(who)
