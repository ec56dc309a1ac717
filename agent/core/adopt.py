"""What a relationship whose database is a restored backup takes over from what its people's calendars show.

Every event of ours is known by its key, and the keys of the meetings to come can be worked out. So a meeting that was
booked, moved or held after the backup is found, and becomes part of the state as if it had been recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from agent.core import cadence, gap
from agent.core.burden import charged, decayed
from agent.core.changes import tolerated
from agent.core.draft import Draft
from agent.core.gap import Gap
from agent.core.intents import Intent, IntentKind, MailKind
from agent.core.journal import Entry
from agent.core.observation import Observed, OwnEvent, PersonObserved
from agent.core.relationships import Meeting, MeetingStatus, Relationship, State
from agent.core.slots import price
from agent.core.timespan import Span
from agent.core.walltime import on_the_wall

Found = Mapping[int, Mapping[str, OwnEvent]]
"""Our events that are there now, by number of the meeting and by person."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A person's copy of a meeting, as we must have written it: at this span, whatever its owner did to it since."""

    number: int
    person: str
    span: Span
    event: OwnEvent


@dataclass(frozen=True, slots=True)
class Adopted:
    """What is to be recorded: ``presumed`` are mails that may have been sent already and are not sent again."""

    state: State
    meetings: tuple[Meeting, ...]
    copies: tuple[Copy, ...]
    intents: tuple[Intent, ...]
    presumed: tuple[Intent, ...]
    reasons: tuple[Entry, ...]


def adopt(
    state: State, relationship: Relationship, found: Found, written: Collection[str], lost: Gap, now: datetime
) -> Adopted:
    """Bring a restored state to what the calendars show.

    ``found`` has what was looked up: the booked meeting, and numbers after the state's. ``written`` are the people
    whose copy of the booked meeting the store knows.
    """
    adoption = _Adoption(relationship, found, frozenset(written), lost, Draft(relationship, now))
    state = adoption.state(state)
    adoption.presumed.extend(gap.said_by_time(state, relationship, lost))
    draft = adoption.draft
    return Adopted(
        state,
        tuple(draft.meetings),
        tuple(adoption.copies),
        tuple(draft.intents),
        tuple(adoption.presumed),
        tuple(draft.reasons),
    )


@dataclass
class _Adoption:
    """Gathers what one relationship takes over."""

    relationship: Relationship
    found: Found
    written: frozenset[str]
    lost: Gap
    draft: Draft
    copies: list[Copy] = field(default_factory=list)
    presumed: list[Intent] = field(default_factory=list)

    def state(self, state: State) -> State:
        newest = max((number for number, events in self.found.items() if events), default=0)
        if newest > state.number:
            return self._catch_up(state, newest)
        return state if state.meeting is None else self._compare(state, state.meeting)

    def _compare(self, state: State, meeting: Meeting) -> State:
        """The booked meeting is still the newest: see whether it was moved, called off, or written at last."""
        events = self.found.get(meeting.number, {})
        if not events:
            if self.written:  # it is to be cancelled, or already was and everybody was told
                kind, number, revision = MailKind.CANCELLED, meeting.number, meeting.revision + 1
                self.presumed.extend(gap.said(self.relationship, kind, number, revision, self.lost))
            return state
        revision = _revision(events)
        if revision <= meeting.revision:
            self._take_copies(meeting, {name: event for name, event in events.items() if name not in self.written})
            return state
        moved = replace(meeting, revision=revision, agenda_sent=False, stuck_told=False, rezoned=False)
        moved = self._where_found(moved, state)
        self._adopt(moved, MailKind.MOVED)
        left = {meeting.span.start} - {moved.span.start}
        return replace(state, meeting=moved, avoided=(*state.avoided, *left))

    def _catch_up(self, state: State, newest: int) -> State:
        """Later ones were booked: the newest of them is the booked one, those before it are over."""
        first = state.number if state.meeting is not None else state.number + 1
        for number in range(first, newest):
            state = self._close(state, number, self.found.get(number, {}))
        due = cadence.after_pauses(state.due or self.relationship.starts or self.draft.now, self.relationship)
        meeting = self._where_found(self._unknown(newest, due), state)
        if abs(meeting.span.starts_at - due) > self.relationship.policy.cadence.window:  # others came in between
            meeting = replace(meeting, due=meeting.span.starts_at)
        self._adopt(meeting, MailKind.MOVED if meeting.revision else MailKind.INVITATION)
        return replace(state, number=newest, due=meeting.due, meeting=meeting)

    def _close(self, state: State, number: int, events: Mapping[str, OwnEvent]) -> State:
        """A later one has followed: it was held if it is still there and its time is over, else it was cancelled."""
        known = state.meeting if state.meeting is not None and state.meeting.number == number else None
        if events:
            meeting = self._where_found(known or self._unknown(number, state.due or self.draft.now), state)
        elif known is not None:
            meeting = known
        else:
            return state
        due = meeting.span.starts_at + self.relationship.policy.cadence.every
        state = replace(state, meeting=None, due=due)
        if not events or meeting.span.ends_at > self.draft.now:
            self._call_off(meeting, events)
            return state
        held = replace(meeting, status=MeetingStatus.HELD)
        self.draft.meetings.append(held)
        self.draft.note("held", number)
        ledger = charged(state.ledger, held.burden, held.span.start)
        return replace(state, last=held, ledger=ledger, avoided=())

    def _call_off(self, meeting: Meeting, events: Mapping[str, OwnEvent]) -> None:
        """Record that it was cancelled, and take it out of the calendars that it is still in."""
        cancelled = replace(meeting, status=MeetingStatus.CANCELLED, revision=meeting.revision + 1)
        self.draft.meetings.append(cancelled)
        self.draft.note("cancelled", meeting.number, why="restored")
        there = [person for person in self.relationship.people if person.id in events]
        self.draft.calendar(IntentKind.REMOVE_EVENT, cancelled, there)
        if meeting.span.ends_at > self.draft.now:
            self._tell(MailKind.CANCELLED, cancelled)

    def _unknown(self, number: int, due: datetime) -> Meeting:
        """Stand for a meeting of which the store has never heard."""
        span = _agreed(self.relationship, self.found[number])
        return Meeting(number, span, self.relationship.mentor.media[0], due)

    def _where_found(self, meeting: Meeting, state: State) -> Meeting:
        """Put a meeting where its events are, with what that costs; whose rules alone forbid it has chosen it."""
        events = self.found[meeting.number]
        span = _agreed(self.relationship, events)
        free = Observed({person.id: PersonObserved() for person in self.relationship.people})
        slot = price(self.relationship, free, (span,), decayed(state.ledger, span.start))[0]
        excuses = {person.id: tolerated(person, span, free) for person in self.relationship.people}
        crossed = [name for name, minutes in excuses.items() if minutes]
        chooser = crossed[0] if len(crossed) == 1 else None
        return replace(
            meeting,
            span=span,
            revision=max(meeting.revision, _revision(events)),
            medium=slot.medium,
            burden=slot.burden,
            wall=on_the_wall(self.relationship.mentor.where, span.start),
            chosen_by=chooser,
            tolerated=excuses.get(chooser or "", ()),
        )

    def _adopt(self, meeting: Meeting, said: MailKind) -> None:
        """Record a meeting as it was found, and have it written into the calendars that it is not in."""
        events = self.found[meeting.number]
        self.draft.meetings.append(meeting)
        self.draft.note("adopted", meeting.number, start=meeting.span.start_text, revision=meeting.revision)
        self._take_copies(meeting, events)
        missing = [person for person in self.relationship.people if person.id not in events]
        self.draft.calendar(IntentKind.WRITE_EVENT, meeting, missing)
        self._tell(said, meeting)

    def _take_copies(self, meeting: Meeting, events: Mapping[str, OwnEvent]) -> None:
        there = [(name, event) for name, event in events.items() if event.sequence >= meeting.revision]
        self.copies.extend(Copy(meeting.number, name, meeting.span, event) for name, event in there)

    def _tell(self, kind: MailKind, meeting: Meeting) -> None:
        """Write to whoever could not be written to in the gap; everybody else was."""
        told = list(gap.said(self.relationship, kind, meeting.number, meeting.revision, self.lost))
        self.presumed.extend(told)
        self.draft.mail(kind, meeting.number, meeting.revision, expires=meeting.span.ends_at)
        keys = {mail.key for mail in told}
        self.draft.intents[:] = [intent for intent in self.draft.intents if intent.key not in keys]


def _revision(events: Mapping[str, OwnEvent]) -> int:
    """The revision that every copy has reached; some programs count their owner's own edits on top."""
    return min(event.sequence for event in events.values())


def _agreed(relationship: Relationship, events: Mapping[str, OwnEvent]) -> Span:
    """Where we must have put a meeting: where most of its copies are, in doubt the first person's."""
    there = (events[person.id] for person in relationship.people if person.id in events)
    return Counter(event.span for event in there).most_common(1)[0][0]
