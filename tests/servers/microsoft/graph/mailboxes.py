"""One person's mailbox: calendars, events and messages, and how they have changed."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.servers.microsoft.directory import Account
from tests.servers.microsoft.graph.errors import malformed_id, missing

REGULAR, IMMUTABLE, END = "AAMkAG", "AAkALg", "AAA="


@dataclass
class Attendee:
    """Somebody invited, and what is known of the answer. ``proposed`` is another time as two instants."""

    address: str
    name: str
    type: str = "required"
    response: str = "none"
    time: datetime | None = None
    proposed: tuple[datetime, datetime] | None = None


@dataclass
class Event:
    """One event in one calendar: the organiser's own, or an attendee's copy. Times are UTC.

    ``fields`` are the properties that are only kept and given back; ``change`` counts this mailbox's changes.
    """

    id: str
    calendar: str
    uid: str
    organizer: tuple[str, str]
    own: bool
    start: datetime
    end: datetime
    zones: tuple[str, str]
    created: datetime
    modified: datetime
    change: int = 0
    fields: dict[str, Any] = field(default_factory=dict)
    extended: dict[str, str] = field(default_factory=dict)
    attendees: list[Attendee] = field(default_factory=list)
    response: str = "organizer"
    responded: datetime | None = None
    cancelled: bool = False
    transaction: str | None = None
    request: str = ""
    """What was asked for when it was created, to know a repeated request from another."""
    join_url: str | None = None
    recurrence: dict[str, Any] | None = None
    without: set[date] = field(default_factory=set)
    """Days on which a series does not take place."""
    series: str = ""
    """Id of the series of which this is one occurrence."""

    @property
    def etag(self) -> str:
        """Give the etag of this state."""
        return f'W/"{self.change_key}"'

    @property
    def change_key(self) -> str:
        """Name this state of the event."""
        return f"{self.id[:12]}AA{self.change:06}=="

    def attendee(self, address: str) -> Attendee | None:
        """Find an attendee."""
        return next((it for it in self.attendees if it.address.lower() == address.lower()), None)


@dataclass
class Calendar:
    """A calendar of a mailbox."""

    id: str
    name: str
    default: bool = False
    color: str = "auto"
    extended: dict[str, str] = field(default_factory=dict)


@dataclass
class Message:
    """A message in a folder of the mailbox."""

    id: str
    folder: str
    internet_id: str
    subject: str
    sender: str
    to: tuple[str, ...]
    at: datetime
    headers: list[tuple[str, str]]
    extended: dict[str, str]
    raw: bytes = b""


@dataclass
class Gone:
    """An event that was deleted, for those who ask what changed."""

    id: str
    calendar: str
    change: int


class Mailbox:
    """Calendars, events and messages of an account."""

    def __init__(self, account: Account, now: datetime) -> None:
        self.account = account
        main = Calendar(_new_id(), "Calendar", default=True)
        self.calendars = {main.id: main}
        self.main = main
        self.events: dict[str, Event] = {}
        self.messages: list[Message] = []
        self.gone: list[Gone] = []
        self.changes = 0
        self.in_flight = 0
        self.throttled_until = now
        self.schedule_error: str | None = None
        self.down: int | None = None
        self._lagging: dict[str, tuple[datetime, Event | None]] = {}

    def calendar(self, wire_id: str | None) -> Calendar:
        """Find a calendar by the id on the wire; none means the main one."""
        if wire_id is None:
            return self.main
        found = self.calendars.get(inner_id(wire_id))
        if found is None:
            raise missing()
        return found

    def event(self, wire_id: str, calendar: Calendar | None = None) -> Event:
        """Find an event by the id on the wire, in a calendar where one is named."""
        found = self.events.get(inner_id(wire_id))
        if found is None or (calendar and found.calendar != calendar.id):
            raise missing()
        return found

    def keep(self, event: Event, now: datetime, seen: datetime) -> None:
        """Add an event or note that it was changed; lists show it from ``seen`` on, and its former state until then."""
        self.changes += 1
        if seen > now and event.id not in self.events:
            self._lagging[event.id] = (seen, None)
        event.change, event.modified = self.changes, now
        self.events[event.id] = event

    def before_change(self, event: Event, now: datetime, seen: datetime) -> None:
        """Remember the state that lists go on showing until ``seen``."""
        if seen > now and event.id not in self._lagging:
            self._lagging[event.id] = (seen, copy.deepcopy(event))

    def remove(self, event: Event, now: datetime, seen: datetime) -> None:
        """Delete an event."""
        self.before_change(event, now, seen)
        self.changes += 1
        del self.events[event.id]
        self.gone.append(Gone(event.id, event.calendar, self.changes))

    def remove_calendar(self, calendar: Calendar, now: datetime) -> None:
        """Delete a calendar with what is in it."""
        for event in [event for event in self.events.values() if event.calendar == calendar.id]:
            self.remove(event, now, now)
        del self.calendars[calendar.id]

    def shown(self, now: datetime, calendar: Calendar | None = None) -> Iterable[Event]:
        """Give the events as lists show them now."""
        for key, (until, _) in list(self._lagging.items()):
            if until <= now:
                del self._lagging[key]
        kept = [event for key, event in self.events.items() if key not in self._lagging]
        old = [event for _, event in self._lagging.values() if event]
        return [event for event in kept + old if calendar is None or event.calendar == calendar.id]

    def lagging(self) -> frozenset[str]:
        """Ids of the events whose last change lists do not show yet."""
        return frozenset(self._lagging)


def _new_id() -> str:
    return uuid.uuid4().hex


def new_event_id() -> str:
    """Make an id for an event, a message or a subscription of a mailbox."""
    return _new_id()


def wire_id(inner: str, *, immutable: bool = False) -> str:
    """Write an id as clients see it; which of both forms is a matter of the ``Prefer`` header."""
    return f"{IMMUTABLE if immutable else REGULAR}{inner}{END}"


def inner_id(wire: str) -> str:
    """Read an id in either form."""
    for prefix in (REGULAR, IMMUTABLE):
        inner = wire.removeprefix(prefix).removesuffix(END)
        if len(inner) == 32 and wire == f"{prefix}{inner}{END}":
            return inner
    raise malformed_id()
