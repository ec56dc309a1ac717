"""A calendar and a mail server in memory: complete, so that services can be run and tested without the world.

The calendar's owner and the world act on it by methods of their own, and either part fails when told to. Nothing is
kept once the process ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import EmailMessage

from agent.core.invitations import Invitation
from agent.core.observation import Answer, Busy, OwnEvent, Reading
from agent.core.timespan import Span
from connectors.base import Capability, Stored
from connectors.errors import Conflict, ConnectorError, Missing


@dataclass
class _Fault:
    error: ConnectorError
    on: str | None
    after: bool
    times: int


@dataclass
class Faults:
    """What is to go wrong, in the order in which it was asked for."""

    _waiting: list[_Fault] = field(default_factory=list)

    def fail(self, error: ConnectorError, *, on: str | None = None, after: bool = False, times: int = 1) -> None:
        """Raise ``error`` from the next ``times`` calls, only those of the method named ``on`` where it is given.

        ``after`` lets the effect happen first: an answer that gets lost.
        """
        self._waiting.append(_Fault(error, on, after, times))

    def mend(self) -> None:
        """Let everything work again."""
        self._waiting.clear()

    @contextmanager
    def around(self, method: str) -> Iterator[None]:
        """Run one call, and let it fail if it is its turn."""
        fault = next((fault for fault in self._waiting if fault.on in {None, method}), None)
        if fault is not None:
            fault.times -= 1
            if not fault.times:
                self._waiting.remove(fault)
            if not fault.after:
                raise fault.error
        yield
        if fault is not None:
            raise fault.error


@dataclass(frozen=True, slots=True)
class _Kept:
    invitation: Invitation
    event: OwnEvent
    note: str = ""


class MemoryCalendar:
    """One person's calendar. ``owner`` is their address: whose answer counts."""

    def __init__(self, owner: str = "", capabilities: Capability = ~Capability.NONE) -> None:
        self.capabilities = capabilities
        self.faults = Faults()
        self._owner = owner
        self._version = 0
        self._busy: list[Busy] = []
        self._events: dict[str, _Kept] = {}

    # What CalendarWriter asks for.

    def token(self) -> str | None:
        """Give the calendar's change token."""
        with self.faults.around("token"):
            return str(self._version) if Capability.TOKEN in self.capabilities else None

    def read(self, window: Span, own: frozenset[str]) -> Reading:
        """Read busy time, and our events among ``own``; others of ours count as busy, softly while unanswered."""
        with self.faults.around("read"):
            others = [
                Busy(kept.event.span, hard=kept.event.answer is not Answer.NONE)
                for uid, kept in self._events.items()
                if uid not in own and not kept.event.cancelled and kept.event.answer is not Answer.DECLINED
            ]
            busy = sorted(each for each in {*self._busy, *others} if each.span.touches(window))
            return Reading(tuple(busy), tuple(self._events[uid].event for uid in sorted(own & self._events.keys())))

    def find(self, uid: str) -> OwnEvent | None:
        """Look one of our events up."""
        with self.faults.around("find"):
            kept = self._events.get(uid)
            return kept.event if kept else None

    def create(self, invitation: Invitation) -> Stored:
        """Add an event."""
        with self.faults.around("create"):
            if invitation.uid in self._events:
                raise Conflict("an event of this UID exists")
            return self._put(invitation, self._answer(invitation), "")

    def update(self, invitation: Invitation, event: OwnEvent) -> Stored:
        """Replace an event; a higher sequence asks for a new answer, what its owner noted stays."""
        with self.faults.around("update"):
            kept = self._current(event)
            rises = invitation.sequence > kept.event.sequence
            return self._put(invitation, self._answer(invitation) if rises else kept.event.answer, kept.note)

    def remove(self, event: OwnEvent) -> None:
        """Delete an event."""
        with self.faults.around("remove"):
            self._current(event)
            self.delete(event.uid)

    def check(self) -> str:
        """Say that it is there."""
        with self.faults.around("check"):
            return "a calendar in memory"

    def close(self) -> None:
        """Nothing is held open."""

    # What its owner and the world do to it.

    def add_busy(self, span: Span, *, hard: bool = True) -> None:
        """Put somebody else's appointment in."""
        self._busy.append(Busy(span, hard))
        self._version += 1

    def clear_busy(self) -> None:
        """Take everybody else's appointments out."""
        self._busy.clear()
        self._version += 1

    def move(self, uid: str, span: Span, *, sequence: int | None = None) -> None:
        """Move or stretch one of our events by hand; some programs count that as a revision of their own."""
        self._edit(uid, span=span, **({} if sequence is None else {"sequence": sequence}))

    def answer(self, uid: str, answer: Answer) -> None:
        """Answer one of our invitations."""
        self._edit(uid, answer=answer)

    def cancel(self, uid: str) -> None:
        """Mark one of our events as cancelled, as some programs do instead of deleting."""
        self._edit(uid, cancelled=True)

    def delete(self, uid: str) -> None:
        """Delete one of our events."""
        del self._events[uid]
        self._version += 1

    def annotate(self, uid: str, note: str) -> None:
        """Add something of one's own to one of our events, as an alarm is."""
        self._edit(uid)
        self._events[uid] = replace(self._events[uid], note=note)

    def note(self, uid: str) -> str:
        """Give what its owner added to one of our events."""
        return self._events[uid].note

    def holds(self) -> dict[str, Invitation]:
        """Give what each of our events says, by UID; a move or an answer by hand is seen by ``find``."""
        return {uid: kept.invitation for uid, kept in self._events.items()}

    def _current(self, event: OwnEvent) -> _Kept:
        kept = self._events.get(event.uid)
        if kept is None:
            raise Missing("the event is gone")
        if kept.event.etag != event.etag:
            raise Conflict("the event has changed")
        return kept

    def _put(self, invitation: Invitation, answer: Answer, note: str) -> Stored:
        self._version += 1
        href, etag = f"memory:{invitation.uid}", str(self._version)
        event = OwnEvent(invitation.uid, invitation.span, answer, False, invitation.sequence, etag, href)
        self._events[invitation.uid] = _Kept(invitation, event, note)
        return Stored(href, etag)

    def _edit(self, uid: str, **changes: Span | Answer | bool | int) -> None:
        self._version += 1
        kept = self._events[uid]
        event = replace(kept.event, etag=str(self._version), **changes)  # type: ignore[arg-type]  # one of its fields
        self._events[uid] = replace(kept, event=event)

    def _answer(self, invitation: Invitation) -> Answer:
        owner = self._owner.lower()
        return next((a.answer for a in invitation.attendees if a.email.lower() == owner), Answer.NONE)


class MemorySender:
    """A mail server that keeps what it was given in ``sent``."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.sent: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> str:
        """Keep a message, as one more even where it is the same again; give an acceptance line."""
        with self.faults.around("send"):
            self.sent.append(message)
            return f"250 kept as {len(self.sent)}"

    def check(self) -> str:
        """Say that it is there."""
        with self.faults.around("check"):
            return "a mail server in memory"
