"""Turns valid settings into the core's values: people, relationships, and the policy that binds each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel

from agent.core.people import Person
from agent.core.relationships import Relationship
from agent.core.rules import Rule
from agent.core.timespan import DAY, instant
from agent.core.whereabouts import Whereabouts
from agent.settings.addresses import Endpoint
from agent.settings.attune_file import Limits
from agent.settings.clocktimes import Hours
from agent.settings.load import Settings
from agent.settings.people_file import PersonSection, RelationshipSection
from agent.settings.places import public_holidays
from agent.settings.policy_file import MessagesSection
from agent.settings.terms import digest

SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Deployment:
    """Everything a running Attune knows from its files.

    ``store_url`` holds an absolute path where it is SQLite. ``calendars`` are by person. ``terms`` has, for each
    relationship, a digest of all that binds it: the same for unchanged files, another as soon as anything changes.
    ``health`` is where the daemon answers whoever watches it, None where nobody does. ``policy`` is what policy.yaml
    says, as JSON, and ``refuse_above`` the share of relationships without a slot from which a change of it is refused.
    """

    home: Path
    programme: str
    store_url: str
    mail_from_name: str
    mail_from_address: str
    smtp: BaseModel
    rehearsal: bool
    sweep: timedelta
    people: Mapping[str, Person]
    relationships: Mapping[str, Relationship]
    calendars: Mapping[str, tuple[BaseModel, ...]]
    terms: Mapping[str, str]
    limits: Limits = field(default_factory=Limits)
    health: Endpoint | None = None
    policy: str = "{}"
    refuse_above: float = 1.0

    @cached_property
    def longest_horizon(self) -> timedelta:
        """How far ahead anybody books."""
        return max((each.policy.horizon for each in self.relationships.values()), default=timedelta())

    @cached_property
    def relationships_of(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of the relationships that each person is in."""
        found: dict[str, tuple[str, ...]] = {}
        for each in self.relationships.values():
            for person in each.people:
                found[person.id] = (*found.get(person.id, ()), each.id)
        return found

    @cached_property
    def roster(self) -> str:
        """A digest of who is with whom on what terms, and of how many calendars each has."""
        together = [(each.id, [person.id for person in each.people]) for each in self.relationships.values()]
        owned = [(person, len(calendars)) for person, calendars in self.calendars.items()]
        whole = (sorted(together), sorted(self.terms.items()), sorted(owned))
        return sha256(repr(whole).encode()).hexdigest()

    @property
    def decks(self) -> Path:
        """Folder of the programme's own questions."""
        return self.home / "decks"


def deployment(settings: Settings, now: datetime) -> Deployment:
    """Give the values of settings. Public holidays are known from the year before ``now`` to two years after it."""
    people = {section.id: _person(section, settings, now.year) for section in settings.people.people}
    relationships = {section.id: _relationship(section, settings, people) for section in settings.people.relationships}
    calendars = {section.id: section.calendars for section in settings.people.people}
    regions = {section.id: _binding_region(section, settings) for section in settings.people.people}
    attune = settings.attune
    return Deployment(
        home=settings.home,
        programme=attune.programme,
        store_url=store_url(attune.store, settings.home),
        mail_from_name=attune.mail.sender.name,
        mail_from_address=attune.mail.sender.address,
        smtp=attune.mail.smtp,
        rehearsal=attune.rehearsal,
        sweep=attune.sweep,
        limits=attune.limits,
        people=people,
        relationships=relationships,
        calendars=calendars,
        terms={id_: digest(relationship, regions, calendars) for id_, relationship in relationships.items()},
        health=attune.health,
        policy=settings.policy_said,
        refuse_above=settings.policy.refuse_above,
    )


def store_url(url: str, home: Path) -> str:
    """Give the store's URL with the path of an SQLite file made absolute against the deployment folder."""
    if not url.startswith(SQLITE):
        return url
    path, question, query = url.removeprefix(SQLITE).partition("?")
    return f"{SQLITE}{home / path}{question}{query}"


def _binding_region(section: PersonSection, settings: Settings) -> str | None:
    return section.region if settings.policy.holidays == "respect" else None


def _person(section: PersonSection, settings: Settings, year: int) -> Person:
    region = _binding_region(section, settings)
    return Person(
        id=section.id,
        name=section.name,
        email=section.email,
        zone=section.time_zone,
        language=section.language,
        availability=section.available,
        boundaries=section.limits,
        messages=_messages(section, settings.policy.messages),
        media=section.media,
        holidays=public_holidays(region, year - 1, year + 2) if region else frozenset(),
        week_starts=section.week_starts,
        books=any(getattr(calendar, "book", False) for calendar in section.calendars),
        journeys=section.journeys,
        good_hours=section.good(settings.policy.good_hours),
        rotates=not section.cannot_rotate,
    )


def _messages(section: PersonSection, default: MessagesSection) -> tuple[Rule, ...]:
    hours: Hours = section.messages.hours or default.hours
    return (Rule(weekdays=section.messages.days or default.days, start=hours[0], end=hours[1]),)


def _relationship(section: RelationshipSection, settings: Settings, people: Mapping[str, Person]) -> Relationship:
    mentor = people[section.mentor]
    return Relationship(
        id=section.id,
        mentor=mentor,
        mentees=tuple(people[mentee] for mentee in section.mentee_ids),
        policy=settings.policy.values(section.cadence),
        starts=_first_instant(section.starts, mentor.where) if section.starts else None,
        ends=instant(mentor.where.utc(section.ends.toordinal(), DAY)) if section.ends else None,
        pauses=section.rules,
        paused=section.paused,
    )


def _first_instant(moment: date | datetime, where: Whereabouts) -> datetime:
    return moment if isinstance(moment, datetime) else instant(where.utc(moment.toordinal()))
