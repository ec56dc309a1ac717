"""Reads what the world says of a relationship's people, once per person and round."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent import log
from agent.core.journal import Entry
from agent.core.observation import Busy, Elsewhere, Observed, OwnEvent, PersonObserved
from agent.core.relationships import Relationship, State, meeting_uid
from agent.core.timespan import DAY, Span, ceil_minute, floor_minute, instant
from agent.core.upkeep import FARTHEST
from agent.services.programme import Programme
from agent.store import calendars, events, intents, journal, meetings
from agent.store.engine import Transaction
from agent.store.meetings import Kept
from connectors.base import CalendarReader, Capability
from connectors.errors import ConnectorError

MARGIN = 8 * DAY
"""Minutes read on either side of what is searched: buffers, local weeks, meetings that cross the edge."""


@dataclass(frozen=True, slots=True)
class PersonRead:
    """One person's calendars together: ``busy`` None where one of them could not be read."""

    busy: tuple[Busy, ...] | None
    own: dict[str, OwnEvent]


@dataclass
class Observer:
    """Reads people on demand and remembers them for one round of decisions.

    It reads as far ahead as anybody books, as any meeting is booked, and as ``until``, where that is later.
    """

    programme: Programme
    now: datetime
    until: datetime | None = None
    _window: Span = field(init=False)
    _read: dict[str, PersonRead] = field(default_factory=dict)

    def __post_init__(self) -> None:
        horizons = [r.policy.horizon for r in self.programme.relationships.values()]
        with self.programme.store.begin() as tx:
            booked = meetings.last_booked(tx)
        ahead = ceil_minute(max(self.now + max(horizons, default=timedelta()), self.until or self.now))
        far = min(booked or ahead, ceil_minute(self.now + FARTHEST))
        self._window = Span(floor_minute(self.now) - MARGIN, max(ahead, far) + MARGIN)

    def observe(self, relationship: Relationship, state: State) -> Observed:
        """Give the snapshot that a decision about this relationship is made on.

        Where somebody has put the meeting beyond what was read, everybody is read again as far as that, unless it is so
        far ahead that it is taken for a slip.
        """
        people = {p.id: self._person(p.id, relationship, state) for p in relationship.people}
        ends = [known.event.span.end for known in people.values() if known.event is not None]
        if self._window.end - MARGIN < max(ends, default=0) <= ceil_minute(self.now + FARTHEST):
            return Observer(self.programme, self.now, instant(max(ends))).observe(relationship, state)
        return Observed(people)

    def _person(self, person: str, relationship: Relationship, state: State) -> PersonObserved:
        read = self._reading(person)
        current = state.meeting
        with self.programme.store.begin() as tx:
            others = meetings.of_person(tx, person, self._window)
            delivered = event = None
            if current is not None:
                uid = meeting_uid(relationship.id, current.number)
                kept = events.get(tx, uid, person)
                if kept and person not in intents.outstanding_writes(tx, relationship.id, current.number):
                    delivered, event = kept.span, read.own.get(uid)
        booked = (relationship.id, current.number) if current else None
        others = [m for m in others if (m.relationship, m.number) != booked]
        elsewhere = tuple(Elsewhere(m.span, m.before, m.after) for m in others)
        return PersonObserved(_with_strays(read, others), elsewhere, delivered, event)

    def _reading(self, person: str) -> PersonRead:
        if person not in self._read:
            self._read[person] = self._read_all(person)
        return self._read[person]

    def _read_all(self, person: str) -> PersonRead:
        with self.programme.store.begin() as tx:
            own = meetings.uids_of(tx, person, floor_minute(self.now) - MARGIN)
        busy: list[Busy] = []
        found: dict[str, OwnEvent] = {}
        known = True
        for position, calendar in enumerate(self.programme.calendars[person]):
            try:
                reading = calendar.read(self._window, own)
            except ConnectorError as error:
                self._trouble(person, position, type(error).__name__)
                known = False
                continue
            self._readable(person, position, reading.dropped)
            busy += reading.busy
            if writes(calendar):
                found |= {event.uid: event for event in reading.own}
        return PersonRead(tuple(sorted(set(busy))) if known else None, found)

    def _trouble(self, person: str, position: int, trouble: str) -> None:
        with self.programme.store.begin() as tx:
            note_trouble(tx, person, position, trouble, self.now)

    def _readable(self, person: str, position: int, dropped: int) -> None:
        with self.programme.store.begin() as tx:
            note_readable(tx, person, position, self.now, dropped)


def _with_strays(read: PersonRead, others: list[Kept]) -> tuple[Busy, ...] | None:
    """Count other relationships' events as busy where their owner has moved them and no decision knows of it yet."""
    if read.busy is None:
        return None
    moved = (
        Busy(event.span)
        for meeting in others
        if (event := read.own.get(meeting.uid)) and not event.cancelled and event.span != meeting.span
    )
    return (*read.busy, *moved)


def writes(calendar: CalendarReader) -> bool:
    """Whether a calendar is the one that takes our events."""
    return Capability.WRITE in calendar.capabilities


def note_trouble(tx: Transaction, person: str, position: int, trouble: str, now: datetime) -> None:
    """Keep that a calendar cannot be read; the journal and the log hear of it once."""
    health = calendars.get(tx, person, position)
    if health is None or health.trouble != trouble:
        journal.write(tx, [_line(now, "calendar-unreadable", person, position, why=trouble)])
        log.logger().warning("calendar unreadable", person=person, calendar=position, why=trouble)
    calendars.put_trouble(tx, person, position, trouble, now)


def note_readable(tx: Transaction, person: str, position: int, now: datetime, dropped: int) -> None:
    """Keep that a calendar was read, and how many of its events could not be placed at all."""
    health = calendars.get(tx, person, position)
    if health is not None and health.trouble is not None:
        journal.write(tx, [_line(now, "calendar-readable", person, position)])
        log.logger().info("calendar readable again", person=person, calendar=position)
    if dropped and (health is None or health.dropped != dropped):
        journal.write(tx, [_line(now, "events-dropped", person, position, count=dropped)])
    calendars.put_read(tx, person, position, now, dropped)


def _line(now: datetime, event: str, person: str, position: int, **detail: str | int) -> Entry:
    return Entry(now, event, person=person, detail={"calendar": position, **detail})
