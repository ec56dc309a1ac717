"""A random year of a pair's life: whatever people do to their calendars, some things never happen."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.boundaries import Boundary, Strength
from agent.core.draft import Decision
from agent.core.intents import MailKind
from agent.core.observation import Answer, Observed
from agent.core.people import Person
from agent.core.policy import Cadence, Policy
from agent.core.relationships import Meeting, MeetingStatus, Relationship
from agent.core.timespan import DAY, Span, floor_minute
from tests import oracle
from tests.core.life import Life
from tests.core.worlds import hours, rules
from tests.factories import NOW, WEEKDAYS, hard, pair, person, rule
from tests.oracle import Oracle

SPRING = NOW.date()
PLACES = ("Europe/Lisbon", "America/Havana", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Auckland")

REPEATED = frozenset({MailKind.MOVED, MailKind.AGENDA, MailKind.CANNOT_FIND})
"""Mails of which each new time of a meeting may need another."""


@dataclass
class WatchedLife(Life):
    """A life in which every decision is looked at by somebody who knows the rulings."""

    judged: tuple[Span, Relationship] | None = None

    def look(self) -> Decision:
        seen, known, before = self.observe(), set(self.keys), self.state
        decision = super().look()
        assert decision.wake_at is None or decision.wake_at > self.now
        keys = [intent.key for intent in decision.intents]
        assert len(keys) == len(set(keys))
        assert {i.mail for i in decision.intents if i.key in known} <= {MailKind.CANNOT_FIND}
        assert [m.status for m in self.history.values()].count(MeetingStatus.BOOKED) == (self.state.meeting is not None)
        self._check_mails(decision)
        if self.state.meeting and (not before.meeting or before.meeting.span != self.state.meeting.span):
            self._check_time(self.state.meeting, seen)
        self._check_stays(seen)
        return decision

    def noticed(self) -> Life:
        """After one look nothing is left to say about the same world."""
        super().noticed()
        again = super().look()
        assert (again.intents, again.reasons, again.meetings, again.withdrawals) == ((), (), (), ())
        return self

    def _check_mails(self, decision: Decision) -> None:
        readers = {p.id: p for p in self.relationship.people}
        for intent in decision.intents:
            reader = readers[intent.person]
            minute = floor_minute(intent.not_before)
            assert intent.not_before >= self.now
            assert intent.mail is None or any(oracle.in_rule(r, minute, reader.zone) for r in reader.messages)

    def _check_time(self, meeting: Meeting, seen: Observed) -> None:
        """A time of ours suits everybody; one that somebody chose by hand suits everybody else."""
        judge = Oracle(self.relationship, seen, meeting.span)
        if meeting.chosen_by is None:
            assert meeting.span.starts_at >= self.now + self.relationship.policy.notice
            assert judge.feasible(meeting.span.start)
        for one in self.relationship.people:
            if one.id != meeting.chosen_by:
                assert judge.open(one).issuperset(range(meeting.span.start, meeting.span.end))
                assert not any(block.span.touches(meeting.span) for block in seen.people[one.id].busy or ())

    def _check_stays(self, seen: Observed) -> None:
        """What is booked and still to come crosses nobody's boundary, however it came there."""
        meeting = self.state.meeting
        if meeting is None or meeting.span.starts_at <= self.now or self.judged == (meeting.span, self.relationship):
            return
        self.judged = (meeting.span, self.relationship)
        judge = Oracle(self.relationship, seen, meeting.span)
        for one in self.relationship.people:
            if one.id != meeting.chosen_by:
                assert judge.open(one).issuperset(range(meeting.span.start, meeting.span.end))


@dataclass(frozen=True)
class Act:
    """Something somebody does, so long after the one before."""

    after: timedelta
    what: str
    who: str
    offset: int
    minutes: int


WHAT = (
    "block",
    "block-everything",
    "clear",
    "decline",
    "delete",
    "move",
    "lose",
    "find",
    "pause",
    "resume",
    "boundary",
    "no-boundary",
    "sleep",
    "answer",
)
ACTS = st.builds(
    Act,
    st.integers(1, 40 * DAY).map(lambda minutes: timedelta(minutes=minutes)),
    st.sampled_from(WHAT),
    st.sampled_from(("mentor-1", "mentee-1")),
    st.integers(-3 * DAY, 3 * DAY) | st.integers(-60, 60),
    st.integers(15, 120),
)


def do(life: Life, act: Act, original: Relationship) -> None:
    """Carry one act out; what cannot be done just now is left."""
    booked = life.state.meeting
    base = booked.span.start if booked else floor_minute(life.now)
    span = Span(base + act.offset, base + act.offset + act.minutes)
    has_event = booked is not None and (act.who, booked.number) in life.events
    match act.what:
        case "block":
            life.blocks(act.who, span)
        case "block-everything":
            life.blocks(act.who, Span(floor_minute(life.now), floor_minute(life.now) + 30 * DAY))
        case "clear":
            life.busy.clear()
        case "lose":
            life.unreadable.add(act.who)
        case "find":
            life.unreadable.clear()
        case "pause" | "resume":
            life.relationship = replace(life.relationship, paused=act.what == "pause")
        case "boundary":
            clock = (act.offset % DAY) // 60
            barrier = hard(f"{clock:02}:00", f"{clock:02}:50")
            life.relationship = replace(original, mentor=replace(original.mentor, boundaries=(barrier,)))
        case "no-boundary":
            life.relationship = original
        case "sleep":
            life.now += timedelta(minutes=abs(act.offset) * 5)
        case "decline" if has_event:
            life.declines(act.who)
        case "answer" if has_event and booked is not None:
            this = (act.who, booked.number)
            life.events[this] = replace(life.events[this], answer=Answer.ACCEPTED)
        case "delete" if has_event:
            life.deletes(act.who)
        case "move" if has_event:
            life.moves(act.who, span)
        case _:
            return
    life.noticed()


@st.composite
def pairs(draw: st.DrawFn) -> Relationship:
    """Two people with wide hours anywhere on earth, who read mail in office hours."""

    def somebody(name: str) -> Person:
        return person(
            name,
            draw(st.sampled_from(PLACES)),
            availability=(draw(hours(SPRING)), rule("07:00", "22:00")),
            boundaries=tuple(Boundary(draw(rules(SPRING)), Strength.SOFT) for _ in range(draw(st.integers(0, 2)))),
            messages=(rule("09:00", "17:00", days=WEEKDAYS),),
        )

    weeks = draw(st.integers(1, 4))
    cadence = Cadence(timedelta(weeks=weeks), timedelta(days=min(3 * weeks, 5)), timedelta(minutes=45))
    return pair(somebody("mentor-1"), somebody("mentee-1"), policy=replace(Policy(), cadence=cadence))


@settings(max_examples=25)
@given(pairs(), st.lists(ACTS, max_size=15))
def test_a_year_never_breaks_a_promise(relationship: Relationship, acts: list[Act]) -> None:
    life = WatchedLife(relationship)
    life.look()
    for act in acts:
        life.until(life.now + act.after)
        do(life, act, relationship)
    life.relationship = relationship
    life.unreadable.clear()
    life.noticed()
    life.until(NOW + timedelta(days=365))
    check_told_once(life)
    check_cadence(life)


def check_told_once(life: Life) -> None:
    """Nobody hears a thing twice, and of a meeting that was not held there is no follow-up."""
    told = [(mail.kind, mail.number, mail.person) for mail in life.sent if mail.kind not in REPEATED]
    assert len(told) == len(set(told))
    for mail in life.mails(MailKind.FOLLOW_UP):
        assert life.history[mail.number].status is MeetingStatus.HELD


def check_cadence(life: Life) -> None:
    """Two meetings never share a window, unless somebody dragged one of them there."""
    cadence = life.relationship.policy.cadence
    held = [m for _, m in sorted(life.history.items()) if m.status is MeetingStatus.HELD]
    for one, other in itertools.pairwise(held):
        apart = other.span.starts_at - one.span.starts_at
        assert apart >= cadence.every - cadence.window or other.chosen_by is not None
