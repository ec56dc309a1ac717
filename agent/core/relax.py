"""What one change would give: a meeting's possible starts with exactly one rule relaxed.

A participant is offered changes to their own rules, and a window a day wider: for these the others need not be asked
again, since a view already knows which starts they leave open. The operator is offered changes to the policy and to
anybody's rules, each answered by a search of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from agent.core.boundaries import Strength
from agent.core.inquiry import Inquiry, widened
from agent.core.people import Person
from agent.core.policy import Policy
from agent.core.relationships import Relationship
from agent.core.rules import Rule
from agent.core.timespan import DAY, whole_minutes
from agent.core.view import View
from agent.core.weekmap import local_days

HOUR = 60
QUARTER = timedelta(minutes=15)
SHORT = timedelta(minutes=25)
"""Half an hour that leaves time to breathe."""


class Change(StrEnum):
    """A rule that is relaxed."""

    WINDOW = "window"
    DURATION = "duration"
    NOTICE = "notice"
    HORIZON = "horizon"
    BOUNDARY = "boundary"
    EARLIER = "availability-earlier"
    LATER = "availability-later"


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One change and how many more starts it gives, ``minutes`` of candidate time.

    ``person`` is whose rule it is, None for the policy's. ``number`` is a boundary's place in people.yaml, from 1.
    ``value`` is what the policy would say instead, in minutes. ``days`` are the viewer's local days on which there are
    such starts; 0 where nobody views.
    """

    change: Change
    slots: int
    minutes: int
    person: str | None = None
    number: int = 0
    value: int = 0
    days: int = 0


def own_relaxations(seen: View) -> tuple[Relaxation, ...]:
    """Changes that are the viewer's own to make, and the wider window, the most helpful first."""
    found = []
    for change, number, viewer in _eased(seen.viewer):
        gained = seen.with_own(viewer) & seen.candidates & ~seen.open
        found.append(_gaining(seen, change, gained, seen.candidates, seen.viewer.id, number))
    gained = seen.open & seen.wider & ~seen.candidates
    found.append(_gaining(seen, Change.WINDOW, gained, seen.wider))
    return _best_first(found)


def _gaining(
    seen: View, change: Change, mask: int, among: int, person: str | None = None, number: int = 0
) -> Relaxation:
    count, days = mask.bit_count(), local_days(seen.grid, mask, seen.viewer.where, among)
    return Relaxation(change, count, count * seen.grid.step, person, number, days=days)


def all_relaxations(inquiry: Inquiry) -> tuple[Relaxation, ...]:
    """Changes to the policy and to anybody's rules, the most helpful first; for the operator only."""
    relationship = inquiry.relationship
    step = whole_minutes(relationship.policy.grid)
    now = _starts(inquiry, relationship)
    found = []
    for change, value, policy in _policies(relationship.policy, aimed=inquiry.due is not None):
        gained = _starts(inquiry, replace(relationship, policy=policy)) - now
        found.append(Relaxation(change, gained, gained * step, value=value))
    for person in relationship.people:
        for change, number, eased in _eased(person):
            gained = _starts(inquiry, _with(relationship, eased)) - now
            found.append(Relaxation(change, gained, gained * step, person.id, number))
    return _best_first(found)


def _starts(inquiry: Inquiry, relationship: Relationship) -> int:
    return inquiry.search(relationship).starts.open.bit_count()


def _best_first(found: Iterable[Relaxation]) -> tuple[Relaxation, ...]:
    return tuple(sorted((each for each in found if each.slots > 0), key=lambda each: -each.slots))


def _policies(policy: Policy, *, aimed: bool) -> Iterator[tuple[Change, int, Policy]]:
    """Each change to the policy, with what it would then say in minutes."""
    if aimed:
        wide = widened(policy)
        yield Change.WINDOW, whole_minutes(wide.cadence.window), wide
    duration = policy.cadence.duration
    for shorter in sorted({duration - QUARTER, SHORT}):
        if QUARTER <= shorter < duration:
            eased = replace(policy, cadence=replace(policy.cadence, duration=shorter))
            yield Change.DURATION, whole_minutes(shorter), eased
    notice, horizon = policy.notice / 2, policy.horizon + timedelta(weeks=1)
    yield Change.NOTICE, whole_minutes(notice), replace(policy, notice=notice)
    yield Change.HORIZON, whole_minutes(horizon), replace(policy, horizon=horizon)


def _eased(person: Person) -> Iterator[tuple[Change, int, Person]]:
    """A person with one rule less, or with an hour more at one end of their availability; a boundary has its number."""
    for number, boundary in enumerate(person.boundaries, 1):
        if boundary.strength is Strength.HARD or not person.rotates:
            rest = (*person.boundaries[: number - 1], *person.boundaries[number:])
            yield Change.BOUNDARY, number, replace(person, boundaries=rest)
    for change, widen in ((Change.EARLIER, _earlier), (Change.LATER, _later)):
        wide = tuple(widen(rule) for rule in person.availability)
        if wide != person.availability:
            yield change, 0, replace(person, availability=wide)


def _earlier(rule: Rule) -> Rule:
    """The rule from an hour before, though not from the day before, and never longer than a day."""
    return replace(rule, start=max(0, rule.start - HOUR, rule.end - DAY))


def _later(rule: Rule) -> Rule:
    return replace(rule, end=min(rule.end + HOUR, rule.start + DAY))


def _with(relationship: Relationship, person: Person) -> Relationship:
    def new(old: Person) -> Person:
        return person if old.id == person.id else old

    return replace(relationship, mentor=new(relationship.mentor), mentees=tuple(map(new, relationship.mentees)))
