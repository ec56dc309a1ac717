"""What pydantic cannot see in ``people.yaml``: names that must exist, be alone, or agree.

Everything here looks at what is written, not at a finished model, so that one mistake does not hide another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from agent.settings.complaints import part
from agent.settings.document import Document, Path
from agent.settings.mistakes import quote, suggestion
from agent.settings.people_file import CircleSection, PairSection, PersonSection, RelationshipSection, TravelSection

KINDS: Mapping[str, type[RelationshipSection]] = {"pairs": PairSection, "circles": CircleSection}


@dataclass(frozen=True, slots=True)
class Written:
    """One item of a list: where it stands, what is written, and its id where it has one."""

    path: Path
    data: Mapping[str, object]

    @property
    def id(self) -> str | None:
        """Its id, if that is text."""
        found = self.data.get("id")
        return found if isinstance(found, str) else None


def items(document: Document, key: str) -> Iterator[Written]:
    """Give the items of a list that are groups of keys."""
    listed = document.at((key,))
    for index, item in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(item, dict):
            yield Written((key, index), item)


def people(document: Document, model: type[PersonSection]) -> dict[str, tuple[Path, PersonSection]]:
    """Give the people who are described without a mistake, with where they stand."""
    read = ((item, part(model, item.data)) for item in items(document, "people"))
    return {person.id: (item.path, person) for item, person in read if person}


def relationships(document: Document) -> Iterator[tuple[Path, RelationshipSection]]:
    """Give the pairs and circles that are described without a mistake, with where they stand."""
    for key, model in KINDS.items():
        for item in items(document, key):
            if found := part(model, item.data):
                yield item.path, found


def check(document: Document) -> None:
    """Report what clashes, and who does not exist."""
    _ids_are_alone(document)
    _addresses_are_alone(document)
    known = {item.id for item in items(document, "people") if item.id}
    for person in items(document, "people"):
        _one_calendar_books(document, person)
        _media_are_alone(document, person)
        _travels_are_apart(document, person)
    for key in KINDS:
        for item in items(document, key):
            _everybody_exists(document, item, known)
            _nobody_is_there_twice(document, item)
    for path, relationship in relationships(document):
        if relationship.starts and relationship.ends and str(relationship.ends) < str(relationship.starts)[:10]:
            document.report((*path, "ends"), "this is before it starts", "write a day on or after “starts”")


def _ids_are_alone(document: Document) -> None:
    seen: dict[str, int] = {}
    for key in ("people", *KINDS):
        for item in items(document, key):
            here = (*item.path, "id")
            if item.id in seen:
                wrong = f"the id {quote(item.id)} is taken, on line {seen[item.id]}"
                document.report(here, wrong, "write another; ids are unique across people, pairs and circles")
            elif item.id:
                seen[item.id] = document.position(here).line


def _addresses_are_alone(document: Document) -> None:
    seen: dict[str, int] = {}
    for item in items(document, "people"):
        address = item.data.get("email")
        if not isinstance(address, str):
            continue
        here = (*item.path, "email")
        if address.casefold() in seen:
            wrong = f"this is also the address of the person on line {seen[address.casefold()]}"
            document.report(here, wrong, "write each person's own address")
        else:
            seen[address.casefold()] = document.position(here).line


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
