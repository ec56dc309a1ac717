"""One function for each mail: what it needs to know in, a message ready to send out.

Each renders the folder of its name below ``templates/email``; the context that it gives the templates is that of the
folder's ``sample.json``. No context holds a burden, a boundary, or a reason of anybody but the recipient.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any

from babel.dates import format_date

from agent.core.explanation import seen
from agent.core.intents import MailKind
from agent.core.relationships import Meeting
from agent.core.view import View
from agent.core.zones import local
from agent.mail.invite import advice, invitation, medium_words
from agent.mail.letter import Letter
from agent.mail.message import message
from agent.mail.moments import moment
from agent.mail.obstacles import asked, best, obstacles
from agent.mail.personal import Personal
from agent.mail.plan import plan
from agent.mail.questions import question
from agent.mail.render import Renderer
from agent.mail.week import table

GRANT = "grant"
"""The folder of the one mail that is about a person and not about a meeting."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A request for access: the person's own link, until when it can be followed, and whether they gave it before.

    ``provider`` is what people call the one where it is over, such as “Google”; empty where they may choose.
    """

    link: str
    until: datetime
    again: bool = False
    provider: str = ""


def compose_invitation(renderer: Renderer, letter: Letter, meeting: Meeting) -> EmailMessage:
    """Tell somebody of a meeting for the first time, with its calendar entry."""
    return _with_entry(renderer, letter, meeting, MailKind.INVITATION, "REQUEST")


def compose_moved(renderer: Renderer, letter: Letter, meeting: Meeting) -> EmailMessage:
    """Tell the new time of a meeting with the changed calendar entry; why, only where the rules of a zone moved it."""
    return _with_entry(renderer, letter, meeting, MailKind.MOVED, "REQUEST", rezoned=meeting.rezoned)


def compose_cancelled(renderer: Renderer, letter: Letter, meeting: Meeting) -> EmailMessage:
    """Tell that a meeting is off, never why; ``meeting`` has its last time and the revision after the last."""
    return _with_entry(renderer, letter, meeting, MailKind.CANCELLED, "CANCEL")


def compose_agenda(renderer: Renderer, letter: Letter, meeting: Meeting) -> EmailMessage:
    """Offer a plan for a meeting, with one question to talk about."""
    language = letter.language
    context = _context(letter, meeting) | {
        "plan": plan(meeting.span),
        "question": question(language.tag, meeting.number, letter.origin.decks),
    }
    return message(letter, renderer.render(MailKind.AGENDA, language, context))


def compose_follow_up(renderer: Renderer, letter: Letter, meeting: Meeting, following: Meeting | None) -> EmailMessage:
    """Ask for one promise after a meeting; ``following`` is the next one, if it is booked."""
    context = _context(letter, meeting) | {"next": _moment(letter, following) if following else None}
    return message(letter, renderer.render(MailKind.FOLLOW_UP, letter.language, context))


def compose_cannot_find(renderer: Renderer, letter: Letter, view: View, meeting: Meeting | None) -> EmailMessage:
    """Tell that no time was found, or none but that of ``meeting``, which stays where it is though it is not free.

    ``view`` is the search as the recipient may see it.
    """
    language, explained = letter.language, seen(view)
    context = letter.context() | {
        "when": _moment(letter, meeting) if meeting else None,
        "advice": _advice(letter),
        "asked": asked(explained, language),
        "obstacles": obstacles(explained.reasons, explained.candidates, language),
        "best": best(explained, language),
        "week": table(explained.week, language) if explained.week else None,
    }
    return message(letter, renderer.render(MailKind.CANNOT_FIND, language, context))


def compose_grant(renderer: Renderer, letter: Personal, asking: Asking) -> EmailMessage:
    """Ask somebody for access to their calendar, by a link of their own."""
    until = local(asking.until, letter.recipient.zone_at(asking.until))
    context = letter.context() | {
        "link": asking.link,
        "until": format_date(until, "full", letter.language.locale),
        "again": asking.again,
        "provider": asking.provider,
    }
    return message(letter, renderer.render(GRANT, letter.language, context))


def _with_entry(
    renderer: Renderer, letter: Letter, meeting: Meeting, kind: MailKind, method: str, **more: bool
) -> EmailMessage:
    context = _context(letter, meeting) | {"advice": _advice(letter)} | more
    entry = invitation(letter.origin, letter.relationship, meeting, letter.recipient.id, letter.now)
    return message(letter, renderer.render(kind, letter.language, context), entry, method)


def _context(letter: Letter, meeting: Meeting) -> dict[str, Any]:
    when = _moment(letter, meeting)
    medium = medium_words(meeting.medium, letter.language)
    return letter.context() | {"when": when, "medium": medium, "first": meeting.number == 1}


def _moment(letter: Letter, meeting: Meeting) -> dict[str, Any]:
    return moment(letter.language, letter.recipient, letter.others, meeting.span)


def _advice(letter: Letter) -> str:
    return advice(letter.origin, letter.relationship, letter.recipient, letter.language)
