"""Tells the life of one relationship: jumps from one ``wake_at`` to the next and does in between what people do.

The calendars here are plain values that take every write at once. Nothing is decided in this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from agent.core.decide import decide
from agent.core.draft import Decision
from agent.core.intents import Intent, IntentKind, MailKind
from agent.core.journal import Entry
from agent.core.observation import Answer, Busy, Elsewhere, Observed, OwnEvent, PersonObserved
from agent.core.relationships import Meeting, MeetingStatus, Relationship, State, meeting_uid
from agent.core.relevance import relevant
from agent.core.timespan import Span
from agent.services.prove import prove
from tests.factories import NOW


@dataclass(frozen=True)
class Mail:
    """A mail as it was sent."""

    kind: MailKind
    number: int
    person: str
    at: datetime


@dataclass
class Life:
    """One relationship, its people's calendars and everything that has happened so far."""

    relationship: Relationship
    now: datetime = NOW
    state: State = field(default_factory=State)
    busy: dict[str, list[Span]] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    elsewhere: dict[str, tuple[Elsewhere, ...]] = field(default_factory=dict)
    events: dict[tuple[str, int], OwnEvent] = field(default_factory=dict)
    delivered: dict[tuple[str, int], Span] = field(default_factory=dict)
    waiting: dict[str, Intent] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    sent: list[Mail] = field(default_factory=list)
    journal: list[Entry] = field(default_factory=list)
    history: dict[int, Meeting] = field(default_factory=dict)
    wake_at: datetime | None = NOW

    @property
    def meeting(self) -> Meeting:
        """The booked one."""
        assert self.state.meeting is not None, self.told
        return self.state.meeting

    @property
    def told(self) -> list[str]:
        """The journal's events, in order."""
        return [entry.event for entry in self.journal]

    def mails(self, kind: MailKind, number: int | None = None) -> list[Mail]:
        """What was sent of one kind."""
        return [mail for mail in self.sent if mail.kind is kind and number in {None, mail.number}]

    def observe(self) -> Observed:
        """What the calendars say now."""
        return Observed({person.id: self._person(person.id) for person in self.relationship.people})

    def _person(self, name: str) -> PersonObserved:
        held = tuple(Elsewhere(m.span, 0, 0) for m in self.history.values() if m.status is MeetingStatus.HELD)
        elsewhere = (*self.elsewhere.get(name, ()), *held)
        this = (name, self.state.meeting.number if self.state.meeting else 0)
        if name in self.unreadable:
            return PersonObserved(None, elsewhere, self.delivered.get(this))
        busy = tuple(Busy(span) for span in self.busy.get(name, ()))
        return PersonObserved(busy, elsewhere, self.delivered.get(this), self.events.get(this))

    def look(self) -> Decision:
        """Decide now, hold it against the check, record it, and write into the calendars."""
        observed = self.observe()
        decision = decide(self.state, observed, self.relationship, self.now)
        prove(self.relationship, self.state, decision.state, observed)
        self.state, self.wake_at = decision.state, decision.wake_at
        self.journal += decision.reasons
        self.history |= {meeting.number: meeting for meeting in decision.meetings}
        for intent in decision.intents:
            if intent.key in self.keys:
                continue
            self.keys.add(intent.key)
            if intent.kind is IntentKind.SEND_MAIL:
                self.waiting[intent.key] = intent
            else:
                self._write(intent)
        return decision

    def _write(self, intent: Intent) -> None:
        this = (intent.person, intent.number)
        if intent.kind is IntentKind.REMOVE_EVENT:
            self.events.pop(this, None)
            self.delivered.pop(this, None)
            return
        span = self.meeting.span
        uid = meeting_uid(self.relationship.id, intent.number)
        self.events[this] = OwnEvent(uid, span)
        self.delivered[this] = span

    def post(self) -> None:
        """Send what is due and still true."""
        for key, intent in list(self.waiting.items()):
            if intent.not_before <= self.now:
                del self.waiting[key]
                if relevant(intent, self.state, self.now) and intent.mail is not None:
                    self.sent.append(Mail(intent.mail, intent.number, intent.person, self.now))

    def until(self, moment: datetime) -> Life:
        """Live on up to this instant, looking at each ``wake_at`` and sending each mail when it is due."""
        for at in self._moments(moment):
            self.now = max(self.now, at)
            if self.wake_at is not None and self.wake_at <= self.now:
                self.look()
            self.post()
        self.now = moment
        return self

    def _moments(self, end: datetime) -> Iterator[datetime]:
        while True:
            due = [intent.not_before for intent in self.waiting.values()]
            due += [self.wake_at] if self.wake_at is not None else []
            at = min(due, default=None)
            if at is None or at > end:
                return
            yield at

    def days(self, number: float) -> Life:
        """Live on for so many days."""
        return self.until(self.now + timedelta(days=number))

    def sleep(self, until: datetime) -> Life:
        """Miss everything up to this instant, then look."""
        self.now = until
        return self.noticed()

    def noticed(self) -> Life:
        """Somebody did something: look at once, until there is nothing more to say."""
        self.look()
        self.post()
        return self

    def changes(self, relationship: Relationship) -> Life:
        """The terms are changed; that wakes it."""
        self.relationship = relationship
        return self.noticed()

    def declines(self, person: str) -> Life:
        """Somebody declines in their own calendar."""
        return self._edits(person, answer=Answer.DECLINED)

    def moves(self, person: str, span: Span) -> Life:
        """Somebody drags the event to another time."""
        return self._edits(person, span=span)

    def _edits(self, person: str, **change: object) -> Life:
        this = (person, self.meeting.number)
        self.events[this] = replace(self.events[this], **change)  # type: ignore[arg-type]  # two fields, both ours
        return self

    def deletes(self, person: str) -> Life:
        """Somebody deletes the event from their own calendar."""
        del self.events[person, self.meeting.number]
        return self

    def blocks(self, person: str, span: Span) -> Life:
        """Something else is put into somebody's calendar."""
        self.busy.setdefault(person, []).append(span)
        return self
