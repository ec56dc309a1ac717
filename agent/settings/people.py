"""Everybody in people.yaml, read entry by entry from a roster without a mistake."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from agent.settings.models import FileModels
from agent.settings.people_file import BOND_SECTIONS, CircleSection, PairSection, PersonSection, RelationshipSection
from agent.settings.roster import BONDS, CIRCLES, PAIRS, PEOPLE, Roster

S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True)
class Sections(Generic[S]):
    """One list, of which only the entry that is looked at is in memory."""

    roster: Roster
    kind: str
    model: type[S]

    def __len__(self) -> int:
        return self.roster.count(self.kind)

    def __iter__(self) -> Iterator[S]:
        return (self.model.model_validate(kept.data) for kept in self.roster.entries(self.kind))


@dataclass(frozen=True)
class People:
    """The three lists, and each entry by its id."""

    roster: Roster
    models: FileModels

    @property
    def people(self) -> Sections[PersonSection]:
        """Everybody who takes part."""
        return Sections(self.roster, PEOPLE, self.models.person)

    @property
    def pairs(self) -> Sections[PairSection]:
        """One mentor and one mentee each."""
        return Sections(self.roster, PAIRS, PairSection)

    @property
    def circles(self) -> Sections[CircleSection]:
        """One mentor and several mentees each."""
        return Sections(self.roster, CIRCLES, CircleSection)

    def person(self, id_: str) -> PersonSection:
        """Give a person. Raises ``KeyError``."""
        kept = self.roster.named(id_, (PEOPLE,))
        if kept is None:
            raise KeyError(id_)
        return self.models.person.model_validate(kept.data)

    def relationship(self, id_: str) -> RelationshipSection:
        """Give a pair or a circle. Raises ``KeyError``."""
        kept = self.roster.named(id_, BONDS)
        if kept is None:
            raise KeyError(id_)
        return BOND_SECTIONS[kept.kind].model_validate(kept.data)

    def ids(self) -> Iterator[str]:
        """Ids of people, in order."""
        return (id_ for id_ in self.roster.ids(PEOPLE) if id_ is not None)

    def bonds(self) -> Iterator[str]:
        """Ids of relationships: pairs, then circles."""
        return (id_ for kind in BONDS for id_ in self.roster.ids(kind) if id_ is not None)
