"""One mail to one person, before it has words: on whose behalf, about what, in which language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.lists import format_list

from agent.core.people import Person
from agent.core.relationships import Relationship
from agent.mail import languages
from agent.mail.languages import Language
from agent.mail.origin import Origin
from agent.mail.plain import one_line
from agent.mail.threads import references


@dataclass(frozen=True, slots=True)
class Letter:
    """``number`` is the meeting's, ``key`` the intent's, ``now`` the programme's clock (aware UTC)."""

    origin: Origin
    relationship: Relationship
    recipient: Person
    number: int
    key: str
    now: datetime

    @property
    def language(self) -> Language:
        """The recipient's language, or English where there are no mails in theirs."""
        return languages.language(self.recipient.language)

    @property
    def others(self) -> tuple[Person, ...]:
        """Everybody else in the relationship."""
        return others(self.relationship, self.recipient.id)

    def above(self, own: str) -> tuple[str, ...]:
        """What it refers to, the farthest first; ``own`` is its own identity."""
        return references(own, self.relationship.id, self.number, self.recipient.id, self.origin.mail_from_address)

    def context(self) -> dict[str, Any]:
        """What every template may use. ``continues`` says whether more meetings are to come as things stand."""
        relationship, language = self.relationship, self.language
        ended = relationship.ends is not None and relationship.ends <= self.now
        return {
            "lang": language.tag,
            "dir": language.direction,
            "programme": one_line(self.origin.programme),
            "name": one_line(self.recipient.name),
            "others": names(self.others, language),
            "mentor": one_line(relationship.mentor.name),
            "mentees": names(relationship.mentees, language),
            "role": "mentor" if self.recipient.id == relationship.mentor.id else "mentee",
            "circle": relationship.is_circle,
            "books": self.recipient.books,
            "continues": not (relationship.paused or ended),
        }


def others(relationship: Relationship, person: str) -> tuple[Person, ...]:
    """Everybody in a relationship but one, the mentor first."""
    return tuple(each for each in relationship.people if each.id != person)


def names(people: tuple[Person, ...], language: Language) -> str:
    """List people by name, as a language lists things; of somebody who has left the programme no name is known."""
    if not people:
        return language.gettext("your mentoring partner")
    return format_list([one_line(person.name) for person in people], locale=language.locale)
