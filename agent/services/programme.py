"""The parts that every use case works with, ready and open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from agent.clock import Clock
from agent.core.observation import OwnEvent
from agent.core.people import Person
from agent.core.relationships import Relationship
from agent.mail.render import Renderer
from agent.settings.values import Deployment
from agent.store.engine import Store
from agent.vault import Vault, no_keys
from connectors.base import CalendarReader, CalendarWriter, Capability, MailSender
from connectors.oauth import Consent


@dataclass(frozen=True)
class Programme:
    """One deployment with its store, calendars and mail server. Whoever built it closes it."""

    deployment: Deployment
    store: Store
    calendars: Mapping[str, tuple[CalendarReader, ...]]
    sender: MailSender
    renderer: Renderer
    clock: Clock
    stopping: Callable[[], bool] = lambda: False
    """Asked between two effects: whether to stop before the next."""
    threads: int = 1
    """How many slow steps go on side by side; with one, each is done where it is asked for."""
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What tells each of a person's calendars from any other, in the order of ``calendars``; nothing private."""
    looked_up: dict[str, dict[tuple[str, str], OwnEvent | None]] = field(default_factory=dict, compare=False)
    """Events of relationships whose look-up after a restore waits for more calls, by UID and person."""
    begun_at_once: int | None = None
    """How many effects are begun in one transaction, where that is more than there are threads."""
    counted: Mapping[str, int] | None = None
    """How many calendars each person has, where that can be said without opening any."""
    vault: Vault = field(default=Vault(no_keys), compare=False)
    """Seals and opens what people granted."""
    consents: Mapping[str, Consent] = field(default_factory=dict)
    """Providers at which people can grant access, by name, such as ``google``."""

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody, by id."""
        return self.deployment.people

    @property
    def relationships(self) -> Mapping[str, Relationship]:
        """Every pair and circle, by id."""
        return self.deployment.relationships

    @property
    def owned(self) -> Mapping[str, int]:
        """How many calendars each person has."""
        if self.counted is not None:
            return self.counted
        return {person: len(calendars) for person, calendars in self.calendars.items()}

    def booking_calendar(self, person: str) -> CalendarWriter | None:
        """The calendar of a person that takes our events, if they have one."""
        for calendar in self.calendars.get(person, ()):
            if Capability.WRITE in calendar.capabilities and isinstance(calendar, CalendarWriter):
                return calendar
        return None

    def booking_place(self, person: str) -> str | None:
        """What tells the calendar that takes a person's events from any other; None where that cannot be told."""
        found = zip(self.places.get(person, ()), self.calendars.get(person, ()), strict=False)
        return next((place for place, calendar in found if Capability.WRITE in calendar.capabilities), None)

    def calendar_at(self, person: str, place: str) -> CalendarWriter | None:
        """One of a person's calendars, None where it cannot be reached any more, or can be read only."""
        found = zip(self.places.get(person, ()), self.calendars.get(person, ()), strict=False)
        return next((each for known, each in found if known == place and isinstance(each, CalendarWriter)), None)

    def together(self, relationship: str, people: Sequence[str]) -> bool:
        """Whether exactly these people are in a relationship now."""
        return bool(people) and set(self.deployment.ties.members(relationship)) == set(people)

    def party(self, relationship: str, people: Sequence[str]) -> Relationship | None:
        """Give a relationship as it was for these people, the mentor first.

        It is the present one where they are still together. Otherwise it is over, and holds those who are still in the
        programme; None where nobody is.
        """
        if not people or self.together(relationship, people):
            return self.relationships.get(relationship)
        known = [self.people[person] for person in people if person in self.people]
        return Relationship(relationship, known[0], tuple(known[1:]), paused=True) if known else None

    def relationships_of(self, person: str) -> tuple[str, ...]:
        """Ids of the relationships a person is in."""
        return self.deployment.ties.bonds_of(person)
