"""What becomes of relationships over some weeks if nobody does anything: the daemon's own decisions, played ahead.

Every decision is made by ``decide``, when it would be made, on the state that the ones before it have led to; calendars
stay as they are now. Only where no time is found does it look again after a day, and not after a few hours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush

from agent.core import cadence
from agent.core.decide import decide, retry_in
from agent.core.draft import Decision
from agent.core.explain import Reason, reasons
from agent.core.intents import Intent, IntentKind
from agent.core.journal import Entry
from agent.core.observation import Observed
from agent.core.relationships import Meeting, MeetingStatus, Relationship, State
from agent.core.timespan import whole_minutes
from agent.core.upkeep import call_off
from agent.services.find_slots import seek
from agent.services.plan_change_world import World
from agent.services.programme import Programme
from agent.services.prove import CheckFailed, prove

PATIENCE = timedelta(days=1)
"""When a plan looks again for a time where none was found."""


@dataclass(frozen=True, slots=True)
class Vain:
    """Since when a meeting was looked for in vain, and what stood in the way then."""

    since: datetime
    reasons: tuple[Reason, ...]


@dataclass
class Course:
    """What becomes of one relationship. ``meetings`` are by number, each as it was last.

    ``vain`` has the numbers for which there was no time at first; ``refused`` names the rules that a decision would
    have broken, where the check has stopped it.
    """

    meetings: dict[int, Meeting] = field(default_factory=dict)
    turns: list[Entry] = field(default_factory=list)
    mails: list[Intent] = field(default_factory=list)
    vain: dict[int, Vain] = field(default_factory=dict)
    refused: str = ""

    def follow(self, decision: Decision, at: datetime) -> None:
        """Take down what was decided. What a decision withdraws before it is sent is never sent."""
        self.turns += decision.reasons
        self.meetings |= {meeting.number: meeting for meeting in decision.meetings}
        for gone in decision.withdrawals:
            self.mails = [
                mail
                for mail in self.mails
                if mail.not_before <= at or mail.number != gone.number or mail.revision >= gone.before_revision
            ]
        self.mails += (intent for intent in decision.intents if intent.kind is IntentKind.SEND_MAIL)

    @property
    def standing(self) -> list[Meeting]:
        """Meetings that are held or booked in the end, in order."""
        kept = (meeting for meeting in self.meetings.values() if meeting.status is not MeetingStatus.CANCELLED)
        return sorted(kept, key=lambda meeting: meeting.number)

    @property
    def minutes(self) -> int:
        """How long those last, all together."""
        return sum(meeting.span.minutes for meeting in self.standing)

    @property
    def without(self) -> list[int]:
        """Numbers for which no time was found until the end."""
        found = {meeting.number for meeting in self.standing}
        return sorted(self.vain.keys() - found)


def part(
    programme: Programme, world: World, booked_for: Mapping[str, tuple[str, ...]], now: datetime
) -> dict[str, Course]:
    """Call off what is booked for people who are no longer together, as taking the files in does."""
    courses: dict[str, Course] = {}
    # Without anybody in them the files are taken for a mistake, and nothing is called off.
    for name, people in booked_for.items() if programme.relationships else ():
        party = None if programme.together(name, people) else programme.party(name, people)
        if party is not None:
            decision = call_off(world.states[name], party, now)
            courses.setdefault(name, _begun(world.states[name])).follow(decision, now)
            world.take(party, decision)
    return courses


def play(
    programme: Programme,
    world: World,
    courses: dict[str, Course],
    span: tuple[datetime, datetime],
    passed: Callable[[int, int], None],
) -> dict[str, Course]:
    """Let every relationship take its course from an instant to another, in the order in which they are decided."""
    now, end = span
    queue = [(now, name) for name in programme.relationships]
    heapify(queue)
    ended = 0
    while queue:
        at, name = heappop(queue)
        relationship = programme.relationships[name]
        course = courses.setdefault(name, _begun(world.states[name]))
        following = _decide(relationship, world, course, at)
        if following is not None and following < end:
            heappush(queue, (following, name))
        else:
            ended += 1
            passed(ended, len(programme.relationships))
    return courses


def _begun(state: State) -> Course:
    return Course({state.meeting.number: state.meeting} if state.meeting else {})


def _decide(relationship: Relationship, world: World, course: Course, at: datetime) -> datetime | None:
    """Make the next decision about a relationship, and say when the one after it is due; None for never."""
    before, observed = world.states[relationship.id], world.observed(relationship)
    decision = decide(before, observed, relationship, at)
    try:
        prove(relationship, before, decision.state, observed)
    except CheckFailed as failed:
        course.refused = str(failed)
        return None
    course.follow(decision, at)
    world.take(relationship, decision)
    state = decision.state
    if not _in_vain(relationship, state, at):
        return decision.wake_at
    if state.number + 1 not in course.vain:
        course.vain[state.number + 1] = Vain(at, _reasons(relationship, state, observed, at))
    asleep = state.last is None or state.last.followed_up
    return at + PATIENCE if asleep and decision.wake_at == at + retry_in(relationship) else decision.wake_at


def _in_vain(relationship: Relationship, state: State, at: datetime) -> bool:
    """Whether a decision has looked for a time and found none."""
    if state.meeting is not None or relationship.paused:
        return False
    due = cadence.after_pauses(state.due or at, relationship)
    over = relationship.ends is not None and relationship.ends <= max(at, due)
    return not over and at >= cadence.look_from(due, relationship.policy)


def _reasons(relationship: Relationship, state: State, observed: Observed, at: datetime) -> tuple[Reason, ...]:
    found = seek(relationship, state, observed, at).search()
    return reasons(found, whole_minutes(relationship.policy.grid))
