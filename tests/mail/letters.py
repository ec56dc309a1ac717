"""Every mail of the main job, composed for a pair and a circle at a fixed moment: what the tests of mails look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from pathlib import Path

from agent.core.explain import Reason
from agent.core.intents import IntentKind, MailKind, intent_key
from agent.core.people import Medium, Person
from agent.core.relationships import Meeting, Relationship
from agent.mail import compose
from agent.mail.letter import Letter
from agent.mail.render import Renderer
from tests import factories

NOWHERE = Path("/nonexistent/templates")
RENDERER = Renderer(NOWHERE)
STUCK = "cannot-find-stuck"
NAMES = (*(kind.value for kind in MailKind), STUCK)
"""The mails, and the second form of the one that has two."""

REASONS = (
    Reason("unavailable", 4000, 900),
    Reason("own-unavailable", 3000, 600),
    Reason("own-busy", 700, 45),
    Reason("declined", 45, 0),
)


@dataclass(frozen=True)
class Origin:
    """A deployment, as far as mails know it."""

    programme: str = "Northwind Mentoring"
    mail_from_name: str = "Attune"
    mail_from_address: str = "attune@northwind.example"
    decks: Path | None = None
    calendars: Mapping[str, tuple[object, ...]] = field(default_factory=dict)


def person(id_: str, name: str, zone: str, language: str = "en", **other: object) -> Person:
    """A participant with a name that reads well."""
    return replace(factories.person(id_, zone), name=name, language=language, **other)  # type: ignore[arg-type]


MENTOR = person("mentor-1", "Example Mentor", "Europe/Lisbon")
MENTEE = person("mentee-1", "Example Mentee", "Australia/Adelaide")
SECOND = person("mentee-2", "Second Mentee", "Asia/Kolkata", books=False)


def pair(reader: Person = MENTOR) -> Relationship:
    """A pair whose mentor is the reader."""
    return factories.pair(reader, MENTEE)


def circle(reader: Person = SECOND) -> Relationship:
    """A circle whose second mentee is the reader, in whose calendar nothing is written."""
    return factories.circle(MENTOR, MENTEE, reader)


def meeting(number: int = 2, **other: object) -> Meeting:
    """A meeting in the mentor's afternoon, which is another day for one of the mentees."""
    booked = factories.meeting(factories.span("2027-03-11 15:00"), number)
    return replace(booked, **{"medium": Medium.VIDEO, **other})  # type: ignore[arg-type]


def letter(
    relationship: Relationship,
    reader: Person,
    name: str = "invitation",
    *,
    revision: int = 0,
    origin: Origin | None = None,
) -> Letter:
    """What a mail of this name is composed from."""
    kind = MailKind(name.removesuffix("-stuck"))
    key = intent_key(relationship.id, 2, revision, IntentKind.SEND_MAIL, reader.id, kind)
    return Letter(origin or Origin(), relationship, reader, 2, key, factories.NOW)


def composed(
    name: str,
    relationship: Relationship,
    reader: Person,
    *,
    renderer: Renderer | None = None,
    origin: Origin | None = None,
) -> EmailMessage:
    """One of the mails, for one of the relationship's people."""
    renderer, booked = renderer or RENDERER, meeting()
    to = letter(relationship, reader, name, origin=origin)
    following = meeting(3, span=factories.span("2027-03-25 15:00"))
    made = {
        "invitation": lambda: compose.compose_invitation(renderer, to, booked),
        "agenda": lambda: compose.compose_agenda(renderer, to, booked),
        "moved": lambda: compose.compose_moved(renderer, to, replace(booked, revision=1)),
        "cancelled": lambda: compose.compose_cancelled(renderer, to, replace(booked, revision=2)),
        "follow-up": lambda: compose.compose_follow_up(renderer, to, booked, following),
        "cannot-find": lambda: compose.compose_cannot_find(renderer, to, REASONS, None),
        STUCK: lambda: compose.compose_cannot_find(renderer, to, REASONS, booked),
    }
    return made[name]()


def text(message: EmailMessage) -> str:
    """The plain form of a mail."""
    return _form(message, "plain")


def html(message: EmailMessage) -> str:
    """The page of a mail."""
    return _form(message, "html")


def _form(message: EmailMessage, form: str) -> str:
    part = message.get_body((form,))
    assert part is not None
    return str(part.get_content())
