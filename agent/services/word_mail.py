"""Gives a mail its words, from the state of the moment; says instead where it has become pointless."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage

from agent.core.changes import changes
from agent.core.inquiry import Inquiry
from agent.core.intents import Intent, MailKind
from agent.core.relationships import Meeting, MeetingStatus, Relationship, State
from agent.mail import compose
from agent.mail.letter import Letter
from agent.services.find_slots import look, seek
from agent.services.programme import Programme
from agent.store import intents, meetings

TOLD = (MailKind.INVITATION, MailKind.MOVED, MailKind.AGENDA)
"""Mails after which somebody knows of a meeting."""


class Unwanted(Exception):
    """The mail would not be true, or would be the first word somebody hears; ``why`` goes into the journal."""

    def __init__(self, why: str, *, decide_again: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.decide_again = decide_again


def word_mail(programme: Programme, state: State, intent: Intent, letter: Letter) -> EmailMessage:
    """Compose the mail that an intent asks for. Raises ``Unwanted``, and ``TemplateBroken`` where a template is."""
    renderer = programme.renderer
    if intent.mail is MailKind.CANCELLED:
        return compose.compose_cancelled(renderer, letter, _cancelled(programme, intent))
    if intent.mail is MailKind.FOLLOW_UP:
        return compose.compose_follow_up(renderer, letter, _held(programme, intent), _following(state, intent))
    if intent.mail is MailKind.CANNOT_FIND:
        found = _looked_again(programme, letter.relationship, state, letter.now)
        return compose.compose_cannot_find(renderer, letter, found.view(letter.recipient.id), state.meeting)
    meeting = state.meeting
    if meeting is None:
        raise Unwanted("superseded")
    if intent.mail is MailKind.AGENDA:
        return compose.compose_agenda(renderer, letter, meeting)
    if intent.mail is MailKind.MOVED and _told(programme, intent):
        return compose.compose_moved(renderer, letter, meeting)
    return compose.compose_invitation(renderer, letter, meeting)


def _told(programme: Programme, intent: Intent) -> bool:
    """Whether its reader knows of the meeting already: nobody's first word of one is that it moved or is off."""
    with programme.store.look() as tx:
        return intents.mailed(
            tx, intent.relationship, intent.number, intent.person, TOLD, before_revision=intent.revision
        )


def _recorded(programme: Programme, intent: Intent) -> Meeting:
    with programme.store.look() as tx:
        meeting = meetings.find(tx, intent.relationship, intent.number)
    if meeting is None:
        raise Unwanted("meeting-gone")
    return meeting


def _cancelled(programme: Programme, intent: Intent) -> Meeting:
    if not _told(programme, intent):
        raise Unwanted("never-told")
    return _recorded(programme, intent)


def _held(programme: Programme, intent: Intent) -> Meeting:
    meeting = _recorded(programme, intent)
    if meeting.status is not MeetingStatus.HELD:
        raise Unwanted("not-held")
    return meeting


def _following(state: State, intent: Intent) -> Meeting | None:
    return state.meeting if state.meeting is not None and state.meeting.number > intent.number else None


def _looked_again(programme: Programme, relationship: Relationship, state: State, now: datetime) -> Inquiry:
    """Look once more for a time; where there is one by now, or it is not needed any more, the mail is not."""
    _, observed = look(programme, relationship, now)
    meeting = state.meeting
    if meeting is not None and not changes(meeting, relationship, observed):
        raise Unwanted("free-again")
    if meeting is not None and meeting.span.starts_at < now + relationship.policy.notice:
        return Inquiry(relationship, observed, state, now, first=now, end=now)
    found = seek(relationship, state, observed, now)
    if found.search().starts.open:
        raise Unwanted("time-found", decide_again=True)
    return found
