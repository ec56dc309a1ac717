"""Who acts on a calendar in the contract besides us, and what they put there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from agent.core.invitations import Attendee, Invitation
from agent.core.observation import Answer, OwnEvent, Reading
from agent.core.timespan import DAY, Run, Span, clip, floor_minute, union
from connectors.base import CalendarReader, CalendarWriter, Stored

ZONE = "Europe/Lisbon"
ADDRESS = "mentor-1@northwind.example"
MONDAY = floor_minute(datetime(2027, 3, 1, tzinfo=UTC))
WINDOW = Span(MONDAY, MONDAY + 14 * DAY)
TEN = MONDAY + 10 * 60
UID = "0123456789abcdef@attune"


@dataclass(frozen=True)
class Entry:
    """An appointment as a person's own program writes it: property lines besides its UID and its times."""

    uid: str
    span: Span
    lines: tuple[str, ...] = ()
    blocks: bool = True


class Owner(Protocol):
    """The owner of a calendar, for reading. ``reader`` is a new connection to it each time."""

    def reader(self) -> CalendarReader: ...

    def add(self, entry: Entry) -> None: ...


class BookingOwner(Owner, Protocol):
    """The owner of a calendar that takes our events, at work on those."""

    def writer(self) -> CalendarWriter: ...

    def move(self, uid: str, span: Span) -> None: ...

    def delete(self, uid: str) -> None: ...

    def set_alarm(self, uid: str) -> None: ...

    def has_alarm(self, uid: str) -> bool: ...

    def titles(self, uid: str) -> list[str]:
        """Title of each event that has this UID."""
        ...

    def writer_that_loses_the_answer_to(self, method: str) -> CalendarWriter:
        """A calendar whose next create, update or remove is done, and its answer lost."""
        ...


class AnsweringOwner(BookingOwner, Protocol):
    """The owner of a calendar in which our events can be answered, or marked as cancelled and kept."""

    def answer(self, uid: str, answer: Answer) -> None: ...

    def cancel(self, uid: str) -> None: ...


class VanishingOwner(Owner, Protocol):
    """The owner of a calendar that is a thing somewhere, and may not be there."""

    def take_away(self) -> None: ...


class GuardedOwner(Owner, Protocol):
    """The owner of a calendar behind a password."""

    def reader_with_a_wrong_password(self) -> CalendarReader: ...


def invitation(sequence: int = 0, start: int = TEN, minutes: int = 45, uid: str = UID) -> Invitation:
    """One of our meetings, as its owner is invited to it."""
    return Invitation(
        uid=uid,
        sequence=sequence,
        span=Span(start, start + minutes),
        summary=f"Conversa: Ação, João e Zoë ({sequence})",
        description="Olá,\naté já; 50 % \\ feito",
        organizer=Attendee("Attune", "attune@northwind.example"),
        attendees=(Attendee("Examplé Mentör", ADDRESS), Attendee("例示", "mentee-1@northwind.example")),
        stamp=datetime(2027, 2, 20, 9, tzinfo=UTC) + timedelta(hours=sequence),
    )


def minutes_of(reading: Reading, window: Span = WINDOW) -> Run:
    """Busy minutes in a window, hard and soft."""
    return clip(union(busy.span for busy in reading.busy), window)


def at(start: int, minutes: int = 45) -> Span:
    """So many minutes from one on."""
    return Span(start, start + minutes)


def known(stored: Stored, of: Invitation) -> OwnEvent:
    """What services keep of a write."""
    return OwnEvent(of.uid, of.span, sequence=of.sequence, etag=stored.etag, href=stored.href)
