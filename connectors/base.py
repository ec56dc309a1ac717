"""The protocols by role that every connector fulfils, and the words they use.

- A *calendar* is one collection of one person, opened with that person's credentials.
- A *reading* is opaque busy time plus the state of our own events, asked for by UID. Nothing else leaves a connector.
- A *token* is an opaque mark that changes whenever the calendar's contents may have changed.
- An *etag* is the provider's version of one event; a conditional write names the one it has seen.

All spans are UTC minutes. Every method may raise ``Temporary``, ``RateLimited``, ``ConsentRevoked`` or ``Rejected``
(see ``connectors.errors``); what else it may raise is said with it. Reads may always be repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from enum import Flag, auto
from typing import Protocol, runtime_checkable

from agent.core.invitations import Invitation
from agent.core.observation import OwnEvent, Reading
from agent.core.timespan import Span


class Capability(Flag):
    """What a calendar can do. Services and the contract suite ask these, never which product it is."""

    NONE = 0
    WRITE = auto()
    """Takes our events (``CalendarWriter``)."""
    TOKEN = auto()
    """``token`` gives more than None."""
    ANSWERS = auto()
    """The owner can answer our events, and the answer is seen. Moves and deletions are seen by every calendar."""


class MailCapability(Flag):
    """What can be relied on once a mail was handed over."""

    NONE = 0
    KEEPS_MESSAGE_ID = auto()
    """The recipient gets our Message-ID, so that their program can tell a mail sent twice."""
    FINDS_SENT = auto()
    """What was sent can be looked up."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a write ended up: the provider's address of the event, and its version."""

    href: str
    etag: str


@runtime_checkable
class CalendarReader(Protocol):
    """Somebody's calendar, for reading."""

    capabilities: Capability

    def token(self) -> str | None:
        """Give the calendar's change token, or None where it has none: then it counts as changed every time."""
        ...

    def read(self, window: Span, own: frozenset[str]) -> Reading:
        """Read what is busy in a window and how our events stand whose UIDs are in ``own``.

        An own event outside the window is found too, where it still exists. Raises ``Unreadable`` or ``Missing``
        rather than answering with less than there is; a single broken event is widened or dropped and counted.
        """
        ...

    def check(self) -> str:
        """Try it as ``attune doctor`` does; give a short sentence, or raise with one that says what to mend."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class CalendarWriter(CalendarReader, Protocol):
    """Somebody's calendar, for writing our own events. Nobody else's event is ever touched.

    A write whose answer is lost raises ``OutcomeUnknown``: call ``find`` before doing anything else.
    """

    def find(self, uid: str) -> OwnEvent | None:
        """Look one of our events up by its key, wherever in time it is now; None where it is not there."""
        ...

    def create(self, invitation: Invitation) -> Stored:
        """Add an event. ``Conflict`` where one of that UID exists already."""
        ...

    def update(self, invitation: Invitation, event: OwnEvent) -> Stored:
        """Replace time, text and sequence of a found event, keeping what its owner added (alarms, notes).

        ``Conflict`` where it is no longer the version in ``event.etag``; ``Missing`` where it is gone.
        """
        ...

    def remove(self, event: OwnEvent) -> None:
        """Delete a found event. ``Conflict`` and ``Missing`` as for ``update``."""
        ...


class MailSender(Protocol):
    """Hands one message for one recipient to a mail server."""

    def send(self, message: EmailMessage) -> str:
        """Send it, and give the server's acceptance line as evidence.

        ``Temporary`` where it was surely not taken, ``Rejected`` where it never will be, ``OutcomeUnknown`` where the
        connection broke after the message was handed over.
        """
        ...

    def check(self) -> str:
        """Connect and log in without sending anything; give the server's name for itself."""
        ...
