"""Every mail of the main job, composed for a pair and a circle at a fixed moment: what the tests of mails look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from agent.core.inquiry import Inquiry
from agent.core.intents import IntentKind, MailKind, intent_key
from agent.core.people import Medium, Person
from agent.core.relationships import Meeting, Relationship, State
from agent.core.timespan import DAY, Span
from agent.core.view import View
from agent.mail import compose
from agent.mail.letter import Letter
from agent.mail.render import Renderer
from tests import factories

NOWHERE = Path("/nonexistent/templates")
RENDERER = Renderer(NOWHERE)
STUCK = "cannot-find-stuck"
NAMES = (*(kind.value for kind in MailKind), STUCK)
"""The mails, and the second form of the one that has two."""

FORTNIGHT = timedelta(days=14)
"""A meeting two weeks on is looked for from the first Thursday to the second Friday after that."""


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


def seen(relationship: Relationship, reader: Person) -> View:
    """What the reader may know of a search that finds nothing.

    Until the window is over the others leave open what the reader's lunch, evening and dentist close.
    """
    careful = replace(
        reader,
        availability=(factories.rule("09:00", "17:00", factories.WEEKDAYS),),
        boundaries=(factories.soft(1), factories.hard("12:00", "13:30")),
    )
    people = [careful if each.id == reader.id else each for each in relationship.people]
    search = replace(relationship, mentor=people[0], mentees=tuple(people[1:]))
    first = factories.span("2027-03-01 00:00", zone=reader.zone).start
    hours = ((0, 600), (660, 720), (810, 1020), (1080, 1440))
    closed = [Span(first + day * DAY + start, first + day * DAY + end) for day in range(19) for start, end in hours]
    busy: dict[str, Sequence[Span] | None] = dict.fromkeys((each.id for each in people), closed)
    busy[reader.id] = [factories.span(f"2027-03-{day:02} 10:00", 60, reader.zone) for day in range(1, 20)]
    observed = factories.observed(search, busy)
    return Inquiry(search, observed, State(), factories.NOW, due=factories.NOW + FORTNIGHT).view(reader.id)


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
        "cannot-find": lambda: compose.compose_cannot_find(renderer, to, seen(relationship, reader), None),
        STUCK: lambda: compose.compose_cannot_find(renderer, to, seen(relationship, reader), booked),
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
