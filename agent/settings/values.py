"""What a deployment's files come to, as the core's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel

from agent.core.people import Person
from agent.core.relationships import Relationship
from agent.settings.addresses import Endpoint
from agent.settings.attune_file import Limits
from agent.settings.found import Found
from agent.settings.load import Settings
from agent.settings.ties import Ties, ties_of

SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Deployment:
    """Everything a running Attune knows from its files.

    ``store_url`` holds an absolute path where it is SQLite. ``calendars`` are by person. ``terms`` has, for each
    relationship, a digest of all that binds it: the same for unchanged files, another as soon as anything changes.
    ``health`` is where the daemon answers whoever watches it, None where nobody does. ``policy`` is what policy.yaml
    says, as JSON, and ``refuse_above`` the share of relationships without a slot from which a change of it is refused.
    ``key_file`` names the file of keys, where attune.yaml does. ``clients`` are what is registered at providers.
    ``web`` is where people reach our pages, if they can.
    The mappings of a deployment that was read from files make what they are asked for and keep little of it.
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
    known_ties: Ties | None = None
    key_file: str | None = None
    clients: Mapping[str, BaseModel] = field(default_factory=dict)
    web: str | None = None

    @cached_property
    def ties(self) -> Ties:
        """Who is with whom."""
        return self.known_ties or ties_of(self.relationships, self.terms, self.calendars)

    @property
    def longest_horizon(self) -> timedelta:
        """How far ahead anybody books."""
        return self.ties.horizon

    @property
    def roster(self) -> str:
        """A digest of who is with whom on what terms, and of how many calendars each has."""
        return self.ties.digest

    @property
    def decks(self) -> Path:
        """Folder of the programme's own questions."""
        return self.home / "decks"


def deployment(settings: Settings, now: datetime) -> Deployment:
    """Give the values of settings. Public holidays are known from the year before ``now`` to two years after it."""
    found = Found(settings, now.year)
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
        people=found.people,
        relationships=found.relationships,
        calendars=found.calendars,
        terms=found.terms,
        health=attune.health,
        policy=settings.policy_said,
        refuse_above=settings.policy.refuse_above,
        known_ties=found.ties,
        key_file=attune.key_file,
        clients=attune.clients,
        web=attune.web.url if attune.web else None,
    )


def store_url(url: str, home: Path) -> str:
    """Give the store's URL with the path of an SQLite file made absolute against the deployment folder."""
    if not url.startswith(SQLITE):
        return url
    path, question, query = url.removeprefix(SQLITE).partition("?")
    return f"{SQLITE}{home / path}{question}{query}"
