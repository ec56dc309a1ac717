"""Whether an intent still makes sense in the state of the moment it is about to be carried out."""

from __future__ import annotations

from datetime import datetime

from agent.core.intents import Intent, IntentKind, MailKind
from agent.core.relationships import Meeting, State

LASTING = frozenset({MailKind.CANCELLED, MailKind.FOLLOW_UP})
"""Mails about what cannot be undone: a cancelled meeting stays cancelled, a held one was held."""


def relevant(intent: Intent, state: State, now: datetime) -> bool:
    """Whether carrying it out now would tell or do the truth: nothing about what moved, is over or is off."""
    if intent.expires is not None and now >= intent.expires:
        return False
    if intent.kind is IntentKind.REMOVE_EVENT or intent.mail in LASTING:
        return True
    if intent.mail is MailKind.CANNOT_FIND:
        return _nothing_found(intent, state)
    return _is(state.meeting, intent)


def _is(meeting: Meeting | None, intent: Intent) -> bool:
    return meeting is not None and (meeting.number, meeting.revision) == (intent.number, intent.revision)


def _nothing_found(intent: Intent, state: State) -> bool:
    """Revision 0: no meeting was found. Any other: the one before it stays where it is, in conflict."""
    if intent.revision == 0:
        return state.meeting is None and state.number == intent.number - 1
    meeting = state.meeting
    this = meeting is not None and (meeting.number, meeting.revision) == (intent.number, intent.revision - 1)
    return this and meeting is not None and meeting.stuck_told
