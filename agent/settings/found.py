"""Turns what stands in valid files into the core's values, for one person or relationship at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import TypeVar

from pydantic import BaseModel

from agent import __version__
from agent.core import zones
from agent.core.people import Person
from agent.core.relationships import Relationship
from agent.core.rules import Rule
from agent.core.timespan import DAY, instant
from agent.core.whereabouts import Whereabouts
from agent.settings.clocktimes import Hours
from agent.settings.lazy import Lazy
from agent.settings.load import Settings
from agent.settings.people import People
from agent.settings.people_file import PersonSection
from agent.settings.places import public_holidays
from agent.settings.policy_file import PolicyFile
from agent.settings.roster import BONDS, PEOPLE, members
from agent.settings.terms import digest
from agent.settings.ties import Ties

V = TypeVar("V")


@dataclass(frozen=True)
class Found:
    """Everybody of some settings, with the public holidays around a year."""

    settings: Settings
    year: int

    @cached_property
    def people(self) -> Mapping[str, Person]:
        """People by id."""
        return self._of_people(self._person)

    @cached_property
    def relationships(self) -> Mapping[str, Relationship]:
        """Pairs and circles by id."""
        return self._of_bonds(self._relationship)

    @cached_property
    def calendars(self) -> Mapping[str, tuple[BaseModel, ...]]:
        """The settings of each person's calendars."""
        return self._of_people(lambda name: self._sections[name].calendars)

    @cached_property
    def terms(self) -> Mapping[str, str]:
        """For each relationship a digest of all that binds it."""
        return self._of_bonds(self._terms)

    @cached_property
    def ties(self) -> Ties:
        """Who is with whom. The digest is of all that could change anybody's terms, here or in the program."""
        roster, policy = self._listed.roster, self.settings.policy_said
        whole = (roster.digest, policy, zones.VERSION, __version__)
        return Ties(
            bonds_of=roster.bonds_of,
            members=self._members,
            owned=self._of_people(self._owned),
            horizon=self._policy.horizon if self.relationships else timedelta(),
            digest=sha256(repr(whole).encode()).hexdigest(),
        )

    @cached_property
    def _sections(self) -> Mapping[str, PersonSection]:
        return self._of_people(self._listed.person)

    def _of_people(self, make: Callable[[str], V]) -> Mapping[str, V]:
        listed = self._listed
        return Lazy(listed.ids, len(listed.people), make, lambda name: bool(listed.roster.named(name, (PEOPLE,))))

    def _of_bonds(self, make: Callable[[str], V]) -> Mapping[str, V]:
        listed, count = self._listed, len(self._listed.pairs) + len(self._listed.circles)
        return Lazy(listed.bonds, count, make, lambda name: bool(listed.roster.named(name, BONDS)))

    @property
    def _listed(self) -> People:
        return self.settings.people

    @property
    def _policy(self) -> PolicyFile:
        return self.settings.policy

    def _members(self, name: str) -> tuple[str, ...]:
        kept = self._listed.roster.named(name, BONDS)
        return members(kept.data) if kept else ()

    def _owned(self, name: str) -> int:
        kept = self._listed.roster.named(name, (PEOPLE,))
        return len(kept.data.get("calendars") or ()) if kept else 0

    def _person(self, name: str) -> Person:
        section, policy = self._sections[name], self._policy
        region = self._region(section)
        return Person(
            id=section.id,
            name=section.name,
            email=section.email,
            zone=section.time_zone,
            language=section.language,
            availability=section.available,
            boundaries=section.limits,
            messages=self._messages(section),
            media=section.media,
            holidays=public_holidays(region, self.year - 1, self.year + 2) if region else frozenset(),
            week_starts=section.week_starts,
            books=any(getattr(calendar, "book", False) for calendar in section.calendars),
            journeys=section.journeys,
            good_hours=section.good(policy.good_hours),
            rotates=not section.cannot_rotate,
        )

    def _region(self, section: PersonSection) -> str | None:
        """The region whose holidays bind."""
        return section.region if self._policy.holidays == "respect" else None

    def _messages(self, section: PersonSection) -> tuple[Rule, ...]:
        default = self._policy.messages
        hours: Hours = section.messages.hours or default.hours
        return (Rule(weekdays=section.messages.days or default.days, start=hours[0], end=hours[1]),)

    def _relationship(self, name: str) -> Relationship:
        section = self._listed.relationship(name)
        mentor = self.people[section.mentor]
        return Relationship(
            id=section.id,
            mentor=mentor,
            mentees=tuple(self.people[mentee] for mentee in section.mentee_ids),
            policy=self._policy.values(section.cadence),
            starts=_first_instant(section.starts, mentor.where) if section.starts else None,
            ends=instant(mentor.where.utc(section.ends.toordinal(), DAY)) if section.ends else None,
            pauses=section.rules,
            paused=section.paused,
        )

    def _terms(self, name: str) -> str:
        roster = self._listed.roster
        if roster.policy == self.settings.policy_said and (kept := roster.named(name, BONDS)) and kept.terms:
            return kept.terms
        relationship = self.relationships[name]
        sections = {person.id: self._sections[person.id] for person in relationship.people}
        regions = {id_: self._region(section) for id_, section in sections.items()}
        return digest(relationship, regions, {id_: section.calendars for id_, section in sections.items()})


def _first_instant(moment: date | datetime, where: Whereabouts) -> datetime:
    return moment if isinstance(moment, datetime) else instant(where.utc(moment.toordinal()))
