"""What a calendar entry and an invitation say of a meeting: the same for every provider and for mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent.core.observation import Answer
from agent.core.timespan import Span


@dataclass(frozen=True, slots=True)
class Attendee:
    """A participant as an event names them: never more than name, address and answer."""

    name: str
    email: str
    answer: Answer = Answer.NONE


@dataclass(frozen=True, slots=True)
class Invitation:
    """One single meeting. ``sequence`` rises with every move; ``stamp`` is when this version was made (aware UTC)."""

    uid: str
    sequence: int
    span: Span
    summary: str
    description: str
    organizer: Attendee
    attendees: tuple[Attendee, ...]
    stamp: datetime
    location: str = ""
