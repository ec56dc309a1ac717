"""What a change of policy or roster would do, before it is applied: some weeks played twice, as things are and changed.

Nothing is sent, and nothing in the store or in anybody's calendar changes.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from agent.core.intents import MailKind
from agent.core.observation import Observed
from agent.core.relationships import Meeting, MeetingStatus, Relationship, State
from agent.services.find_slots import tell_unreadable
from agent.services.observe import Observer
from agent.services.plan_change_course import Course, part, play
from agent.services.plan_change_fairness import Burdens, burdens
from agent.services.plan_change_terms import Term, changed_terms
from agent.services.plan_change_world import look
from agent.services.programme import Programme
from agent.services.weigh_policy import Weighed, read_states, weigh
from agent.settings.values import Deployment
from agent.store import meetings
from connectors.base import CalendarReader

Opened = MutableMapping[str, tuple[CalendarReader, ...]]
"""Calendars by person; nobody changes who is in it."""

Progress = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]
"""Opens, for a step by its name, what is told how many are done, of how many."""


class Roster(StrEnum):
    """What a change of the files does to a relationship as a whole."""

    STARTS = "starts"
    ENDS = "ends"
    OTHERS = "other people"
    PAUSED = "paused"
    RESUMED = "goes on"


@dataclass(frozen=True, slots=True)
class Fate:
    """One relationship: what the files do to it, the meeting that is booked now, and its course without and with them.

    A course is None where the relationship is not among the files, and nothing of it is left.
    """

    id: str
    roster: Roster | None
    booked: Meeting | None
    before: Course | None
    after: Course | None

    def becomes(self, course: Course | None) -> tuple[str, Meeting] | None:
        """What becomes of the booked meeting in a course, and the meeting as it then is."""
        now = self.booked and course and course.meetings.get(self.booked.number)
        if self.booked is None or not now:
            return None
        if now.status is MeetingStatus.CANCELLED:
            return "called off", now
        if now.span != self.booked.span:
            return "moved", now
        return ("in conflict" if now.stuck_told and not self.booked.stuck_told else "stays"), now

    def why(self, course: Course | None) -> str | None:
        """Why the booked meeting does not stay where it is, in one word of the journal's."""
        if self.booked is None or course is None:
            return None
        whys = (turn.detail.get("why") for turn in course.turns if turn.number == self.booked.number)
        return next((str(why) for why in whys if why), None)


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """Both plays, side by side.

    ``terms`` is what the policies say otherwise. ``weighed`` is what ``attune run`` would make of a policy that has
    changed, None where there is none, or none that it can be compared with.
    """

    begins: datetime
    ends: datetime
    fates: tuple[Fate, ...]
    burdens: tuple[Burdens, Burdens]
    weighed: Weighed | None
    terms: tuple[Term, ...] = ()

    @property
    def weeks(self) -> int:
        """How many weeks were played."""
        return (self.ends - self.begins) // timedelta(weeks=1)

    def mails(self, courses: Iterable[Course | None]) -> dict[str, list[int]]:
        """How many mails of each kind would go out in each week, by these courses."""
        found: dict[str, list[int]] = {kind.value: [0] * self.weeks for kind in MailKind}
        for mail in (mail for course in courses if course for mail in course.mails):
            if mail.mail is not None and mail.not_before < self.ends:
                found[mail.mail.value][(mail.not_before - self.begins) // timedelta(weeks=1)] += 1
        return found


def plan_change(
    old: Programme, new: Programme, weeks: int, progress: Progress, unchanged: Deployment | None = None
) -> ChangePlan:
    """Play so many weeks of a programme as it is and as it would be. The calendars are those that the new one names.

    ``unchanged`` is the new one with the policy that was taken in last, against which a changed policy is weighed.
    """
    now = new.clock.now()
    end = now + timedelta(weeks=weeks)
    new = replace(new, calendars=ChainMap(*(cast("Opened", each.calendars) for each in (new, old))))
    states = read_states(new, {*old.relationships, *new.relationships})
    horizon = max(old.deployment.longest_horizon, new.deployment.longest_horizon)
    observer = Observer(new, now, end + horizon)
    before, seen = _play(old, observer, states, (now, end), progress)
    after, seen_after = _play(new, observer, states, (now, end), progress)
    tell_unreadable(observer.notes)
    counted = (
        burdens(old.relationships, before, states, seen, (now, end)),
        burdens(_measures(old, new), after, states, seen | seen_after, (now, end)),
    )
    fates = tuple(_fate(name, old, new, states[name], (before, after)) for name in sorted(states))
    weighed = weigh(new, unchanged, observer) if unchanged else None
    terms = changed_terms(old.deployment.policy, new.deployment.policy)
    return ChangePlan(now, end, fates, counted, weighed, terms)


def _play(
    programme: Programme,
    observer: Observer,
    states: Mapping[str, State],
    span: tuple[datetime, datetime],
    progress: Progress,
) -> tuple[dict[str, Course], dict[str, Observed]]:
    """Give every relationship's course, and what was seen of its people at the beginning."""
    with progress("reading calendars") as passed:
        world = look(observer, programme.relationships.values(), states, passed)
    courses = part(programme, world, _booked_for(programme, states), span[0])
    with progress("playing the weeks") as passed:
        return play(programme, world, courses, span, passed), dict(world.seen)


def _booked_for(programme: Programme, states: Mapping[str, State]) -> dict[str, tuple[str, ...]]:
    booked = {name: state.meeting.number for name, state in states.items() if state.meeting}
    with programme.store.look() as tx:
        return {name: meetings.booked_for(tx, name, number) for name, number in booked.items()}


def _measures(old: Programme, new: Programme) -> dict[str, Relationship]:
    """Relationships as they will be, of people with the hours that are good for them now."""
    found = dict(old.relationships)
    for name, each in new.relationships.items():
        mentor, *mentees = (old.people.get(person.id, person) for person in each.people)
        found[name] = replace(each, mentor=mentor, mentees=tuple(mentees))
    return found


def _fate(
    name: str,
    old: Programme,
    new: Programme,
    state: State,
    courses: tuple[Mapping[str, Course], Mapping[str, Course]],
) -> Fate:
    roster = _roster(old.relationships.get(name), new.relationships.get(name))
    return Fate(name, roster, state.meeting, courses[0].get(name), courses[1].get(name))


def _roster(old: Relationship | None, new: Relationship | None) -> Roster | None:
    if old is None:
        return Roster.STARTS
    if new is None:
        return Roster.ENDS
    if [person.id for person in old.people] != [person.id for person in new.people]:
        return Roster.OTHERS
    if old.paused != new.paused:
        return Roster.PAUSED if new.paused else Roster.RESUMED
    return None
