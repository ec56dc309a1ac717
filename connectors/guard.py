"""Stands before every call to a calendar or mail server: limits, one call a mailbox at a time, a rest after failures.

A call that may not be made now is refused with how long to wait: nobody stands in line while others could go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from threading import Lock

from agent import log, metrics
from agent.core.invitations import Invitation
from agent.core.observation import OwnEvent, Reading
from agent.core.timespan import Span
from connectors.base import CalendarReader, CalendarWriter, Capability, MailSender, Stored
from connectors.errors import ConnectorError, ConsentRevoked, OutcomeUnknown, RateLimited, Temporary

Allow = Callable[[], None]
"""Raises ``RateLimited`` where a call may not be made now."""

Close = Callable[[timedelta], None]
"""Hears that the provider wants no calls for so long."""

FAILURES = 5
"""So many failures of a server in a row, and it is left alone for a while."""

SHORTEST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(minutes=15)

SLOW = timedelta(seconds=3)
"""A server that takes longer than this over a call does not get more than its share of those who could wait for it."""

TURN = 5.0
"""Seconds to wait for another call to the same mailbox to end."""


@dataclass
class Server:
    """What is known of one server: calls under way, and failures in a row. Shared by all who call it."""

    name: str
    share: int
    now: Callable[[], datetime]
    _under_way: dict[int, datetime] = field(default_factory=dict)
    _calls: int = 0
    _failures: int = 0
    _rests_until: datetime | None = None
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def call(self) -> Iterator[None]:
        """Make one call; whether it failed is remembered. Raises ``Temporary`` while the server is left alone."""
        number = self._begin()
        try:
            yield
        except (RateLimited, ConsentRevoked):
            self._end(number, failed=None)
            raise
        except (Temporary, OutcomeUnknown):
            self._end(number, failed=True)
            raise
        except ConnectorError:
            self._end(number, failed=False)
            raise
        except BaseException:
            self._end(number, failed=None)
            raise
        self._end(number, failed=False)

    def _begin(self) -> int:
        now = self.now()
        with self._lock:
            if self._rests_until is not None and now < self._rests_until <= now + LONGEST_REST:
                metrics.wait("circuit")
                raise RateLimited(f"{self.name} does not answer and is left alone for a while", self._rests_until - now)
            oldest = min(self._under_way.values(), default=now)
            if len(self._under_way) >= self.share and now - oldest > SLOW:
                metrics.wait("slow")
                raise RateLimited(f"{self.name} is slow, and enough calls to it are under way", SLOW)
            self._calls += 1
            self._under_way[self._calls] = now
            return self._calls

    def _end(self, number: int, *, failed: bool | None) -> None:
        with self._lock:
            del self._under_way[number]
            if failed is None:
                return
            self._failures = self._failures + 1 if failed else 0
            over = self._failures - FAILURES
            rest = min(SHORTEST_REST * 2 ** min(over, 9), LONGEST_REST) if over >= 0 else None
            if rest is not None:
                log.logger().warning("server left alone", server=self.name, seconds=round(rest.total_seconds()))
            elif self._rests_until is not None:
                log.logger().info("server answers again", server=self.name)
            self._rests_until = self.now() + rest if rest else None


@dataclass
class Gate:
    """The way to one mailbox on one server."""

    server: Server
    allow: Allow
    close: Close
    alone: bool = True
    """Whether it takes one call at a time."""
    _turn: Lock = field(default_factory=Lock)

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Make one call, if that is allowed now. Raises ``RateLimited`` where it is not."""
        self.allow()
        if self.alone and not self._turn.acquire(timeout=TURN):
            metrics.wait("mailbox")
            raise RateLimited("another call to the same mailbox takes long", timedelta(seconds=TURN))
        try:
            with self.server.call(), self._heeding():
                yield
        finally:
            if self.alone:
                self._turn.release()

    @contextmanager
    def _heeding(self) -> Iterator[None]:
        """Where the provider asks for a pause, have every worker keep it."""
        try:
            yield
        except RateLimited as limited:
            self.close(limited.retry_after)
            raise


class GuardedReader:
    """A ``CalendarReader`` behind a gate."""

    def __init__(self, calendar: CalendarReader, gate: Gate) -> None:
        self.capabilities: Capability = calendar.capabilities
        self._calendar = calendar
        self._gate = gate

    def token(self) -> str | None:
        """Give the calendar's change token."""
        with self._gate.passing(), metrics.call(self._calendar, "token"):
            return self._calendar.token()

    def read(self, window: Span, own: frozenset[str]) -> Reading:
        """Read what is busy, and how our events stand."""
        with self._gate.passing(), metrics.call(self._calendar, "read"):
            return self._calendar.read(window, own)

    def check(self) -> str:
        """Try it, whatever the limits: somebody is asking."""
        return self._calendar.check()

    def close(self) -> None:
        """Let go of connections."""
        self._calendar.close()


class GuardedWriter(GuardedReader):
    """A ``CalendarWriter`` behind a gate."""

    def __init__(self, calendar: CalendarWriter, gate: Gate) -> None:
        super().__init__(calendar, gate)
        self._writer = calendar

    def find(self, uid: str) -> OwnEvent | None:
        """Look one of our events up."""
        with self._gate.passing(), metrics.call(self._writer, "find"):
            return self._writer.find(uid)

    def create(self, invitation: Invitation) -> Stored:
        """Add an event."""
        with self._gate.passing(), metrics.call(self._writer, "create"):
            return self._writer.create(invitation)

    def update(self, invitation: Invitation, event: OwnEvent) -> Stored:
        """Replace an event."""
        with self._gate.passing(), metrics.call(self._writer, "update"):
            return self._writer.update(invitation, event)

    def remove(self, event: OwnEvent) -> None:
        """Delete an event."""
        with self._gate.passing(), metrics.call(self._writer, "remove"):
            self._writer.remove(event)


class GuardedSender:
    """A ``MailSender`` behind a gate."""

    def __init__(self, sender: MailSender, gate: Gate) -> None:
        self._sender = sender
        self._gate = gate

    def send(self, message: EmailMessage) -> str:
        """Send one message."""
        with self._gate.passing(), metrics.call(self._sender, "send"):
            return self._sender.send(message)

    def check(self) -> str:
        """Try it, whatever the limits: somebody is asking."""
        return self._sender.check()


def guarded(calendar: CalendarReader, gate: Gate) -> CalendarReader:
    """Put a calendar behind a gate; it can do what it could, whether it is the one for our events or was before."""
    if isinstance(calendar, CalendarWriter):
        return GuardedWriter(calendar, gate)
    return GuardedReader(calendar, gate)
