"""Pairs and circles, their meetings, and the state that the loop carries from one decision to the next."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from agent.core.people import Medium, Person
from agent.core.policy import Policy
from agent.core.rules import Rule
from agent.core.timespan import Run, Span
from agent.core.walltime import Wall


@dataclass(frozen=True, slots=True)
class Relationship:
    """A pair (one mentee) or a circle (several), with the people and the policy that bind it now.

    ``starts`` is when the first meeting is due, ``ends`` the instant from which none is booked; ``pauses`` are rules
    of whole local days of the mentor in which none is held; ``paused`` stops everything until it is taken away.
    """

    id: str
    mentor: Person
    mentees: tuple[Person, ...]
    policy: Policy = field(default_factory=Policy)
    starts: datetime | None = None
    ends: datetime | None = None
    pauses: tuple[Rule, ...] = ()
    paused: bool = False

    @property
    def people(self) -> tuple[Person, ...]:
        """Everyone who has to be there, the mentor first."""
        return (self.mentor, *self.mentees)

    @property
    def is_circle(self) -> bool:
        """Whether it has several mentees."""
        return len(self.mentees) > 1


class MeetingStatus(StrEnum):
    """Where a meeting is in its life."""

    BOOKED = "booked"
    HELD = "held"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Meeting:
    """One occurrence. ``number`` counts from 1 in its relationship, ``revision`` from 0 with every move.

    ``due`` is the moment its cadence aimed at. ``chosen_by`` is who put it at this time by hand, ``tolerated`` the
    minutes of it at which that person's own rules or calendar said otherwise then: those are no conflict. ``wall`` is
    the time on the mentor's wall, None for a meeting booked before that was kept; ``rezoned`` says that a change of a
    zone's rules put it where it now is.
    ``agenda_sent`` and ``followed_up`` say that the intent for that mail is recorded, ``stuck_told`` that it is in
    conflict and no other time was found. ``burden`` is in points per person.
    """

    number: int
    span: Span
    medium: Medium
    due: datetime
    revision: int = 0
    status: MeetingStatus = MeetingStatus.BOOKED
    burden: Mapping[str, float] = field(default_factory=dict)
    chosen_by: str | None = None
    tolerated: Run = ()
    agenda_sent: bool = False
    followed_up: bool = False
    stuck_told: bool = False
    wall: Wall | None = None
    rezoned: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """Burden that each person has carried in a relationship, in points, decayed to ``as_of`` (a minute)."""

    points: Mapping[str, float] = field(default_factory=dict)
    as_of: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """Everything the loop remembers of one relationship.

    ``number`` is that of the newest meeting, 0 before the first. ``due`` is when the next one is due, None until the
    first decision. ``meeting`` is the booked one, ``last`` the newest one that is over, kept until its follow-up is
    recorded. ``told`` is the number of the meeting for which "no time was found" was said. ``avoided`` are starts
    (minutes) that somebody declined or moved away from since a meeting was last held.
    """

    number: int = 0
    due: datetime | None = None
    meeting: Meeting | None = None
    last: Meeting | None = None
    ledger: Ledger = field(default_factory=Ledger)
    told: int = 0
    avoided: tuple[int, ...] = ()


def meeting_uid(relationship: str, number: int) -> str:
    """iCalendar UID of a meeting, the same in every calendar and mail and over every move (RFC 7986, section 5.3)."""
    digest = hashlib.sha256(f"attune\0{relationship}\0{number}".encode()).hexdigest()
    return f"{digest[:32]}@attune"
