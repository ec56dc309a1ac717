"""Shows a mail as a person would get it now, from the deployment's own people and meetings; nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from enum import StrEnum

from agent.core.intents import IntentKind, MailKind, intent_key
from agent.core.layers import Shape
from agent.core.people import Person
from agent.core.relationships import Meeting, Relationship, State
from agent.core.slots import common_medium
from agent.core.timespan import Span, ceil_minute, whole_minutes
from agent.mail import compose
from agent.mail.letter import Letter
from agent.services.find_slots import find_slots, look, seek
from agent.services.programme import Programme
from agent.store import relationships


class Basis(StrEnum):
    """Where the meeting in a preview comes from."""

    BOOKED = "booked"
    HELD = "held"
    FOUND = "found"
    """None is booked: it is the best time there is now."""
    EXAMPLE = "example"
    """None is booked, and there is no time for one: the time is made up."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A mail, and the meeting that it speaks of.

    ``sample`` is whether it says that there is no time although there is one, so that nobody is sent it now.
    """

    message: EmailMessage
    relationship: str
    meeting: Meeting
    basis: Basis
    sample: bool = False


def preview_mail(programme: Programme, kind: MailKind, person: Person, relationship: Relationship) -> Preview:
    """Compose a mail for one of a relationship's people. Raises ``TemplateBroken`` where a template is."""
    now = programme.clock.now()
    state = _state(programme, relationship)
    meeting, basis = _meeting(programme, kind, relationship, state)
    key = intent_key(relationship.id, meeting.number, meeting.revision, IntentKind.SEND_MAIL, person.id, kind)
    letter = Letter(programme.deployment, relationship, person, meeting.number, key, now)
    if kind is MailKind.CANNOT_FIND:
        return _cannot_find(programme, letter, meeting, basis)
    return Preview(_compose(programme, kind, letter, meeting, state), relationship.id, meeting, basis)


def usual_relationship(programme: Programme, person: Person) -> Relationship | None:
    """Pick the first of a person's relationships that has a meeting booked, else their first; None without any."""
    own = [programme.relationships[name] for name in programme.relationships_of(person.id)]
    return next((each for each in own if _state(programme, each).meeting), own[0] if own else None)


def _state(programme: Programme, relationship: Relationship) -> State:
    with programme.store.look() as tx:
        stored = relationships.find(tx, relationship.id)
    return stored.state if stored else State()


def _meeting(programme: Programme, kind: MailKind, relationship: Relationship, state: State) -> tuple[Meeting, Basis]:
    if kind is MailKind.FOLLOW_UP and state.last is not None:
        return state.last, Basis.HELD
    if state.meeting is not None:
        return state.meeting, Basis.BOOKED
    found = find_slots(programme, relationship).slots
    span = found[0].span if found else _made_up(programme, relationship)
    number, medium = state.number + 1, common_medium(relationship)
    return Meeting(number, span, medium, span.starts_at), Basis.FOUND if found else Basis.EXAMPLE


def _made_up(programme: Programme, relationship: Relationship) -> Span:
    """A time on the grid, a day after the first that notice would allow."""
    earliest = ceil_minute(programme.clock.now() + relationship.policy.notice + timedelta(days=1))
    grid = whole_minutes(relationship.policy.grid)
    start = -(-earliest // grid) * grid
    return Span(start, start + Shape.of(relationship).duration)


def _cannot_find(programme: Programme, letter: Letter, meeting: Meeting, basis: Basis) -> Preview:
    state, observed = look(programme, letter.relationship, letter.now)
    asked = seek(letter.relationship, state, observed, letter.now)
    stuck = meeting if state.meeting is not None and state.meeting.stuck_told else None
    mail = compose.compose_cannot_find(programme.renderer, letter, asked.view(letter.recipient.id), stuck)
    return Preview(mail, letter.relationship.id, meeting, basis, sample=bool(asked.search().starts.open))


def _compose(programme: Programme, kind: MailKind, letter: Letter, meeting: Meeting, state: State) -> EmailMessage:
    renderer, later = programme.renderer, replace(meeting, revision=meeting.revision + 1)
    if kind is MailKind.FOLLOW_UP:
        following = state.meeting if state.meeting is not meeting else None
        return compose.compose_follow_up(renderer, letter, meeting, following)
    if kind is MailKind.AGENDA:
        return compose.compose_agenda(renderer, letter, meeting)
    if kind is MailKind.MOVED:
        return compose.compose_moved(renderer, letter, later)
    if kind is MailKind.CANCELLED:
        return compose.compose_cancelled(renderer, letter, later)
    return compose.compose_invitation(renderer, letter, meeting)
