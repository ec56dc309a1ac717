"""The time between a backup and the loss of the database that it replaces, and the mails that may have gone out in it.

Mails leave no trace that could be looked up. Whose moment lies in the gap is presumed sent: nobody gets a mail twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from agent.core import cadence
from agent.core.intents import Intent, IntentKind, MailKind
from agent.core.messages import ahead_of, next_open
from agent.core.people import Person
from agent.core.relationships import Relationship, State


@dataclass(frozen=True, slots=True)
class Gap:
    """``since`` is the moment that the backup shows, ``until`` when the lost database was last at work. Aware UTC."""

    since: datetime
    until: datetime

    def may_have_reached(self, person: Person, moment: datetime) -> bool:
        """Whether a mail that was due at this moment may have been sent in the gap, in the person's hours."""
        at = next_open(person, max(moment, self.since))
        return at is not None and at <= self.until


def said(relationship: Relationship, kind: MailKind, number: int, revision: int, gap: Gap) -> Iterator[Intent]:
    """Mails about something that happened at some time in the gap, to whoever could be written to in it."""
    for person in relationship.people:
        if gap.may_have_reached(person, gap.since):
            yield _mail(relationship, kind, number, revision, person, gap.since)


def said_by_time(state: State, relationship: Relationship, gap: Gap) -> Iterator[Intent]:
    """Mails about the meetings of a state that were due at a moment in the gap."""
    for kind, number, revision, person, moment in _in_time(state, relationship, gap):
        if gap.may_have_reached(person, moment):
            yield _mail(relationship, kind, number, revision, person, moment)


Due = tuple[MailKind, int, int, Person, datetime]


def _in_time(state: State, relationship: Relationship, gap: Gap) -> Iterator[Due]:
    policy, meeting = relationship.policy, state.meeting
    for person in relationship.people:
        if meeting is not None and not meeting.agenda_sent:
            start = meeting.span.starts_at
            moment = ahead_of(person, start, policy.agenda_before) or start
            yield MailKind.AGENDA, meeting.number, meeting.revision, person, moment
        for over in (meeting, state.last):
            if over is not None and not over.followed_up:
                moment = over.span.ends_at + policy.follow_up_after
                yield MailKind.FOLLOW_UP, over.number, over.revision, person, moment
        if meeting is None and state.due is not None and state.told <= state.number:
            opens = cadence.look_from(cadence.after_pauses(state.due, relationship), policy)
            if opens > gap.since:
                yield MailKind.CANNOT_FIND, state.number + 1, 0, person, opens


def _mail(
    relationship: Relationship, kind: MailKind, number: int, revision: int, person: Person, moment: datetime
) -> Intent:
    return Intent(relationship.id, number, revision, IntentKind.SEND_MAIL, person.id, moment, kind)
