"""A person's calendar at a made-up provider: it shows late what its owner did, and forgets, lies and breaks off.

Some are loose: they take a second event of the same UID without a word, as providers do that give keys of their own.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from agent.core.invitations import Invitation
from agent.core.observation import Answer, Busy, OwnEvent, Reading
from agent.core.timespan import Span
from agent.simulation.years.judging.evidence import Copy, Write
from agent.simulation.years.troubles import Line
from connectors.base import Capability, Stored
from connectors.errors import Conflict, Missing

LONGEST = 8 * 24 * 60
"""Minutes: no appointment lasts longer."""


@dataclass
class Entry:
    """One of our events. ``real`` None where it is gone; until ``shown_at`` readers still see ``shown``."""

    real: OwnEvent | None
    shown: OwnEvent | None
    shown_at: int = 0

    def seen(self, now: int) -> OwnEvent | None:
        """As a reader sees it."""
        return self.shown if now < self.shown_at else self.real


class Diary:
    """What ``CalendarWriter`` asks for, and what its owner does to it."""

    capabilities = ~Capability.NONE

    def __init__(self, line: Line, email: str, busy: Iterable[Span], *, lag: int, loose: bool) -> None:
        self.line = line
        self._email = email.lower()
        self._lag, self._loose = lag, loose
        self._busy = sorted((span.start, span.end) for span in busy)
        self._late: list[tuple[int, tuple[int, int]]] = []
        self._entries: dict[str, list[Entry]] = {}
        self._changes: list[int] = []
        self._version = 0

    # What the loop asks for.

    def token(self) -> str | None:
        """Give the change token."""
        with self.line.call("token"):
            return f"{self.line.forgotten}:{bisect_right(self._changes, self.line.now())}"

    def read(self, window: Span, own: frozenset[str]) -> Reading:
        """Read busy time, and our events among ``own``; others of ours count as busy."""
        with self.line.call("read"):
            now = self.line.now()
            self._show(now)
            first = bisect_left(self._busy, (window.start - LONGEST, 0))
            last = bisect_left(self._busy, (window.end, 0))
            busy = [Busy(Span(start, end)) for start, end in self._busy[first:last] if end > window.start]
            ours: list[OwnEvent] = []
            for uid, entries in self._entries.items():
                seen = [event for entry in entries if (event := entry.seen(now)) is not None]
                if uid in own:
                    ours += seen[:1]
                else:
                    busy += [Busy(event.span) for event in seen if not event.cancelled]
            return Reading(tuple(sorted(set(busy))), tuple(ours))

    def find(self, uid: str) -> OwnEvent | None:
        """Look one of our events up, as it really is."""
        with self.line.call("find"):
            return next((entry.real for entry in self._real(uid)), None)

    def create(self, invitation: Invitation) -> Stored:
        """Add an event."""
        with self.line.call("write"):
            if self._real(invitation.uid) and not self._loose:
                raise Conflict("an event of this UID exists")
            event = self._event(invitation, self._answer(invitation))
            self._entries.setdefault(invitation.uid, []).append(Entry(event, event))
            return self._written("create", event)

    def update(self, invitation: Invitation, event: OwnEvent) -> Stored:
        """Replace an event; a higher sequence asks for a new answer."""
        with self.line.call("write"):
            entry = self._current(event)
            real = entry.real or event
            rises = invitation.sequence > real.sequence
            entry.real = entry.shown = self._event(invitation, self._answer(invitation) if rises else real.answer)
            entry.shown_at = 0
            return self._written("update", entry.real)

    def remove(self, event: OwnEvent) -> None:
        """Delete an event."""
        with self.line.call("write"):
            self._current(event)
            self._entries[event.uid] = [each for each in self._entries[event.uid] if each.real is None]
            self._written("remove", event)

    def check(self) -> str:
        """Say what it is."""
        return "a made-up calendar"

    def close(self) -> None:
        """Nothing is held open."""

    # What its owner does.

    def add_busy(self, span: Span, now: int) -> None:
        """Put an appointment in."""
        insort(self._late, (now + self._lag, (span.start, span.end)))
        insort(self._changes, now + self._lag)

    def clear(self, after: int) -> None:
        """Take everybody else's appointments out that begin after a minute."""
        self._busy = [each for each in self._busy if each[0] < after]
        self._late.clear()
        insort(self._changes, after)

    def edit(self, uid: str, now: int, **changes: Any) -> OwnEvent | None:
        """Move or answer one of our events by hand, or mark it as cancelled; give it as it then is."""
        for entry in self._real(uid)[:1]:
            if entry.real is not None:
                self._version += 1
                self._hide(entry, now)
                entry.real = replace(entry.real, etag=str(self._version), **changes)
                return entry.real
        return None

    def delete(self, uid: str, now: int) -> None:
        """Delete one of our events."""
        for entry in self._real(uid):
            self._hide(entry, now)
            entry.real = None

    def upcoming(self, now: int) -> list[OwnEvent]:
        """Our events that are still to come, as they really are, soonest first."""
        found = [entry.real for uid in self._entries for entry in self._real(uid)[:1]]
        coming = [event for event in found if event and event.span.start > now and not event.cancelled]
        return sorted(coming, key=lambda event: (event.span, event.uid))

    def copies(self) -> list[Copy]:
        """Everything of ours that stands in it."""
        real = [entry.real for uid in sorted(self._entries) for entry in self._real(uid)]
        return [
            Copy(
                self.line.person,
                e.uid,
                e.sequence,
                e.span.start,
                e.span.end,
                e.cancelled or e.answer is Answer.DECLINED,
            )
            for e in real
            if e is not None
        ]

    def visible_at(self, now: int) -> int:
        """When readers see what is done now."""
        return now + self._lag

    def _real(self, uid: str) -> list[Entry]:
        return [entry for entry in self._entries.get(uid, ()) if entry.real is not None]

    def _current(self, event: OwnEvent) -> Entry:
        standing = self._real(event.uid)
        if not standing:
            raise Missing("the event is gone")
        match = next((entry for entry in standing if entry.real and entry.real.etag == event.etag), None)
        if match is None:
            raise Conflict("the event has changed")
        return match

    def _event(self, invitation: Invitation, answer: Answer) -> OwnEvent:
        self._version += 1
        href, etag = f"made-up:{invitation.uid}", str(self._version)
        return OwnEvent(invitation.uid, invitation.span, answer, False, invitation.sequence, etag, href)

    def _answer(self, invitation: Invitation) -> Answer:
        return next((each.answer for each in invitation.attendees if each.email.lower() == self._email), Answer.NONE)

    def _written(self, op: str, event: OwnEvent) -> Stored:
        now, evidence = self.line.now(), self.line.evidence
        insort(self._changes, now)
        told = (op, event.uid, event.sequence, event.span.start, event.span.end)
        evidence.writes.append(Write(evidence.next(), now, self.line.person, *told))
        return Stored(event.href, event.etag)

    def _hide(self, entry: Entry, now: int) -> None:
        entry.shown, entry.shown_at = entry.seen(now), now + self._lag
        insort(self._changes, now + self._lag)

    def _show(self, now: int) -> None:
        while self._late and self._late[0][0] <= now:
            insort(self._busy, self._late.pop(0)[1])
