"""A decision while it is being made: what it leads to is gathered here and frozen at the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.core.intents import Intent, IntentKind, MailKind
from agent.core.journal import Detail, Entry
from agent.core.messages import ahead_of, next_open
from agent.core.people import Person
from agent.core.relationships import Meeting, Relationship, State

PLAUSIBLE = 1_000_000
"""No program counts so many edits; what counts further is not followed, so that numbers stay within what is stored."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Pending intents about a meeting that an older revision wanted and nobody wants any more."""

    number: int
    before_revision: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What one look at a relationship led to. ``wake_at`` is None where only an outside change can matter.

    ``meetings`` are those that are new or changed; ``reasons`` go into the journal.
    """

    state: State
    intents: tuple[Intent, ...]
    wake_at: datetime | None
    reasons: tuple[Entry, ...]
    meetings: tuple[Meeting, ...]
    withdrawals: tuple[Withdrawal, ...]


@dataclass
class Draft:
    """Gathers the consequences of one decision for one relationship at one instant.

    ``counted`` is the highest revision that somebody's calendar shows of the booked meeting: their programs count
    edits of their own on top of ours.
    """

    relationship: Relationship
    now: datetime
    counted: int = 0
    intents: list[Intent] = field(default_factory=list)
    reasons: list[Entry] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    withdrawals: list[Withdrawal] = field(default_factory=list)

    def next_revision(self, meeting: Meeting) -> int:
        """Give the revision that every calendar and mail program takes for newer than whatever it has."""
        return max(meeting.revision, self.counted if self.counted <= PLAUSIBLE else 0) + 1

    def note(self, event: str, number: int | None, **detail: Detail) -> None:
        """Add a line for the journal."""
        self.reasons.append(Entry(self.now, event, self.relationship.id, number, None, detail))

    def calendar(self, kind: IntentKind, meeting: Meeting, people: Iterable[Person] | None = None) -> None:
        """Have everybody's calendar, or these people's, say what the meeting now is, at once."""
        for person in self.relationship.people if people is None else people:
            if person.books:
                self.intents.append(self._intent(kind, meeting.number, meeting.revision, person.id, self.now))

    def mail(self, kind: MailKind, number: int, revision: int, *, expires: datetime | None = None) -> None:
        """Write to everybody, each as soon as they may be written to."""
        for person in self.relationship.people:
            self._mail(kind, number, revision, person, self.now, expires)

    def ahead(self, kind: MailKind, meeting: Meeting, before: timedelta) -> None:
        """Write to everybody so long before a meeting, each in their own hours."""
        start = meeting.span.starts_at
        for person in self.relationship.people:
            moment = ahead_of(person, start, before) or start
            self._mail(kind, meeting.number, meeting.revision, person, max(moment, self.now), start)

    def _mail(
        self, kind: MailKind, number: int, revision: int, person: Person, moment: datetime, expires: datetime | None
    ) -> None:
        """Write to one person from this moment on; where they can only be written to too late, the journal says so."""
        at = next_open(person, moment)
        if at is None or (expires is not None and at >= expires):
            self.reasons.append(
                Entry(self.now, "mail-left-out", self.relationship.id, number, person.id, {"mail": kind.value})
            )
            return
        self.intents.append(self._intent(IntentKind.SEND_MAIL, number, revision, person.id, at, kind, expires))

    def supersede(self, meeting: Meeting) -> None:
        """Record a meeting that is new or changed, and withdraw what older revisions of it still wanted."""
        self.meetings.append(meeting)
        if meeting.revision:
            self.withdrawals.append(Withdrawal(meeting.number, meeting.revision))

    def _intent(
        self,
        kind: IntentKind,
        number: int,
        revision: int,
        person: str,
        at: datetime,
        mail: MailKind | None = None,
        expires: datetime | None = None,
    ) -> Intent:
        return Intent(self.relationship.id, number, revision, kind, person, at, mail, expires)

    def decision(self, state: State, wake_at: datetime | None) -> Decision:
        """Freeze it."""
        return Decision(
            state,
            tuple(self.intents),
            wake_at,
            tuple(self.reasons),
            tuple(self.meetings),
            tuple(self.withdrawals),
        )
