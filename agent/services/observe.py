"""Reads what the world says of a relationship's people, once per person and round."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock

from agent.core.observation import Busy, Elsewhere, Observed, OwnEvent, PersonObserved
from agent.core.relationships import Meeting, Relationship, State, meeting_uid
from agent.core.timespan import DAY, Span, ceil_minute, floor_minute, instant
from agent.core.upkeep import FARTHEST
from agent.services.keep_health import Note
from agent.services.programme import Programme
from agent.store import engagements, events, intents, meetings, recovery
from agent.store.engine import Transaction
from agent.store.events import Delivered
from agent.store.meetings import Kept
from connectors.errors import ConnectorError, RateLimited

MARGIN = 8 * DAY
"""Minutes read on either side of what is searched: buffers, local weeks, meetings that cross the edge."""

CATCHES_UP = timedelta(hours=1)
"""How long after a write of ours an older copy is what the provider shows late, and not what somebody made of it."""

WORTH_WAITING = timedelta(minutes=10)
"""Whoever asks us to wait no longer than this is read then; beyond it, the calendar counts as unreadable."""


class Interrupted(Exception):
    """It is time to stop, before everybody was read."""


@dataclass(frozen=True, slots=True)
class PersonRead:
    """One person's calendars together: ``busy`` None where one of them could not be read."""

    busy: tuple[Busy, ...] | None
    own: dict[str, OwnEvent]


@dataclass(frozen=True, slots=True)
class Seen:
    """A snapshot, the version of each person's engagements that it was taken at, and whose events were seen where."""

    observed: Observed
    engaged: Mapping[str, int]
    places: Mapping[str, str | None] = field(default_factory=dict)


@dataclass
class Observer:
    """Reads people on demand and remembers them for one round of decisions, which may be made side by side.

    It reads as far ahead as anybody books, as any meeting is booked, and as ``until``, where that is later. It changes
    nothing: what it learns of the calendars themselves is in ``notes``, for whoever keeps their health. With ``waits``
    a provider that asks us to wait for a little while raises ``RateLimited``, where it otherwise counts as unreadable,
    and being asked to stop raises ``Interrupted``.
    """

    programme: Programme
    now: datetime
    until: datetime | None = None
    notes: deque[Note] = field(default_factory=deque)
    waits: bool = False
    restoring: bool = field(init=False)
    """Whether there is anybody of whom it is not known yet what was done since a backup."""
    _window: Span = field(init=False)
    _read: dict[str, PersonRead] = field(default_factory=dict)
    _locks: dict[str, Lock] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.programme.store.look() as tx:
            booked = meetings.last_booked(tx)
            self.restoring = recovery.unfinished(tx)
        ahead = ceil_minute(max(self.now + self.programme.deployment.longest_horizon, self.until or self.now))
        far = min(booked or ahead, ceil_minute(self.now + FARTHEST))
        self._window = Span(floor_minute(self.now) - MARGIN, max(ahead, far) + MARGIN)

    def observe(self, relationship: Relationship, state: State) -> Observed:
        """Give the snapshot that a decision about this relationship is made on."""
        return self.see(relationship, state).observed

    def see(self, relationship: Relationship, state: State) -> Seen:
        """Give that snapshot with the versions it was taken at.

        Where somebody has put the meeting beyond what was read, everybody is read again as far as that, unless it is so
        far ahead that it is taken for a slip.
        """
        reads = self._readings([person.id for person in relationship.people])
        with self.programme.store.look() as tx:
            own = self._own(tx, reads, relationship.id, state.meeting)
            others = self._others(tx, reads, relationship.id, state.meeting)
            people = {name: self._person(tx, name, read, others[name], own[name]) for name, read in reads.items()}
            engaged = engagements.versions(tx, people)
        ends = [known.event.span.end for known in people.values() if known.event is not None]
        if self._window.end - MARGIN < max(ends, default=0) <= ceil_minute(self.now + FARTHEST):
            return Observer(self.programme, self.now, instant(max(ends)), self.notes, self.waits).see(
                relationship, state
            )
        return Seen(Observed(people), engaged, {name: self.programme.booking_place(name) for name in people})

    def _others(
        self, tx: Transaction, reads: Mapping[str, PersonRead], name: str, booked: Meeting | None
    ) -> dict[str, list[Kept]]:
        """Find each one's meetings but the one that is booked here."""
        this = (name, booked.number) if booked else None
        found = meetings.of_people(tx, reads, self._window)
        return {
            person: [each for each in theirs if (each.relationship, each.number) != this]
            for person, theirs in found.items()
        }

    def _person(
        self, tx: Transaction, person: str, read: PersonRead, others: Sequence[Kept], own: PersonObserved
    ) -> PersonObserved:
        """Add what keeps somebody from meeting at other times to what is known of their own event."""
        elsewhere = tuple(Elsewhere(m.span, m.before, m.after) for m in others)
        strays = [(meeting, _stray(read, meeting)) for meeting in others]
        moved = [Busy(span) for meeting, span in strays if span and not _under_way(tx, meeting, person)]
        busy = None if read.busy is None else (*read.busy, *moved)
        return replace(own, busy=busy, elsewhere=elsewhere)

    def _own(
        self, tx: Transaction, reads: Mapping[str, PersonRead], name: str, booked: Meeting | None
    ) -> dict[str, PersonObserved]:
        """Tell of each one's event of the booked meeting, where no write of ours is under way."""
        known = dict.fromkeys(reads, PersonObserved())
        if booked is None:
            return known
        uid = meeting_uid(name, booked.number)
        under_way = intents.outstanding_writes(tx, name, booked.number)
        for person, kept in events.of_people(tx, uid, reads).items():
            if person not in under_way:
                event = reads[person].own.get(uid)
                known[person] = self._event(tx, person, name, booked.number, kept, event)
        return known

    def _event(
        self, tx: Transaction, person: str, name: str, number: int, kept: Delivered, event: OwnEvent | None
    ) -> PersonObserved:
        """Hold an event against what was last written, where it is to be; an old copy of it may be shown late."""
        if kept.calendar is not None and kept.calendar != self.programme.booking_place(person):
            return PersonObserved(misplaced=True)
        if event is not None and event.sequence < kept.sequence and event.etag != kept.etag:
            written = intents.written_at(tx, name, number, person)
            if written is not None and self.now - written < CATCHES_UP:
                return PersonObserved(outdated=True)
        return PersonObserved(delivered=kept.span, event=event)

    def _readings(self, people: Sequence[str]) -> dict[str, PersonRead]:
        """Read each of them once, however many ask at the same time."""
        unread = [person for person in people if person not in self._read]
        own = self._uids(unread) if unread else {}
        for person in unread:
            with self._locks.setdefault(person, Lock()):
                if person not in self._read:
                    self._read[person] = self._reading(person, own[person])
        return {person: self._read[person] for person in people}

    def _uids(self, people: Sequence[str]) -> dict[str, frozenset[str]]:
        with self.programme.store.look() as tx:
            return meetings.uids_of(tx, people, floor_minute(self.now) - MARGIN)

    def _reading(self, person: str, own: frozenset[str]) -> PersonRead:
        busy: list[Busy] = []
        found: dict[str, OwnEvent] = {}
        known = True
        booking = self.programme.booking_calendar(person)
        for position, calendar in enumerate(self.programme.calendars[person]):
            if self.waits and self.programme.stopping():
                raise Interrupted
            try:
                reading = calendar.read(self._window, own)
            except ConnectorError as error:
                if self.waits and isinstance(error, RateLimited) and error.retry_after <= WORTH_WAITING:
                    raise
                self.notes.append(Note(person, position, type(error).__name__))
                known = False
                continue
            self.notes.append(Note(person, position, dropped=reading.dropped))
            busy += reading.busy
            if calendar is booking:
                found |= {event.uid: event for event in reading.own}
        return PersonRead(tuple(sorted(set(busy))) if known else None, found)


def _stray(read: PersonRead, meeting: Kept) -> Span | None:
    """Where another relationship's event is that is not where we have it: its owner has moved it, it seems."""
    event = read.own.get(meeting.uid)
    return event.span if event and not event.cancelled and event.span != meeting.span else None


def _under_way(tx: Transaction, meeting: Kept, person: str) -> bool:
    """Whether it is we who have moved a meeting, and their event has not heard of it yet."""
    return person in intents.outstanding_writes(tx, meeting.relationship, meeting.number)
