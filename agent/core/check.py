"""Whether a plan keeps every rule, asked a minute at a time by code that shares nothing with the search.

A fault in the search is found here and one here by the search: both must agree on every start (``tests/core``). Only
value types are shared, and the one question that everything starts from, what the clock in a zone shows at an instant.
A person's own rules in their own terms are in ``clockwork``; here is what a meeting owes to calendars, to other
meetings and to the relationship.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from agent.core.clockwork import blocks, off, ruled_out, wall
from agent.core.observation import PersonObserved
from agent.core.people import Person
from agent.core.relationships import Meeting, Relationship
from agent.core.timespan import Run, Span, instant

DAY = timedelta(days=1)
People = Mapping[str, tuple[Person, PersonObserved]]


class Breach(StrEnum):
    """What a meeting offends, in the words of the search. Private rules share one opaque kind, ``unavailable``."""

    UNAVAILABLE = "unavailable"
    HOLIDAYS = "holidays"
    BUSY = "busy"
    BUFFERS = "buffers"
    MEETINGS = "meetings"
    LIMITS = "limits"
    PAUSE = "pause"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Placement:
    """One meeting of a plan, at a span of UTC minutes.

    ``chosen_by`` is who put it there by hand, ``tolerated`` the minutes at which that person's own rules or calendar
    said otherwise then: those are excused. ``searched`` is False where nobody looked for the time, because it was
    chosen by hand or kept its time on the wall when a zone's rules changed: such a meeting owes nobody room or limits.
    """

    relationship: Relationship
    span: Span
    chosen_by: str | None = None
    tolerated: Run = ()
    searched: bool = True

    @classmethod
    def of(cls, relationship: Relationship, meeting: Meeting) -> Placement:
        """A booked meeting as it stands."""
        searched = meeting.chosen_by is None and not meeting.rezoned
        return cls(relationship, meeting.span, meeting.chosen_by, meeting.tolerated, searched)


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that a plan breaks.

    ``relationship`` is whose meeting it is, ``person`` whose rule it is, None where the relationship as a whole is
    bound. ``minute`` is the first UTC minute since the epoch at which it is so: within the meeting, save that busy
    time and meetings too close to it are named by the first minute of theirs that is in the way.
    """

    kind: Breach
    relationship: str
    person: str | None
    minute: int


def check(plan: Sequence[Placement], people: People) -> list[Violation]:
    """Everything that is wrong with a plan, in its order; nothing where it may be carried out.

    ``people`` has everybody in the plan, with what is known of them now; whoever is missing is unknown. Their
    ``elsewhere`` is what is booked besides the plan: a meeting must not be in both.
    """
    planned: dict[str, list[Placement]] = {}
    for place in plan:
        for person in place.relationship.people:
            planned.setdefault(person.id, []).append(place)
    return [violation for place in plan for violation in _of_one(place, planned, people)]


def _of_one(place: Placement, planned: Mapping[str, Sequence[Placement]], people: People) -> Iterator[Violation]:
    name = place.relationship.id
    for minute in _first(_paused(place)):
        yield Violation(Breach.PAUSE, name, None, minute)
    for member in place.relationship.people:
        person, known = people.get(member.id, (member, PersonObserved(busy=None)))
        others = (*_booked(known), *_planned(place, planned[person.id]))
        found = {
            Breach.UNAVAILABLE: _unexcused(place, person, ruled_out(person, place.span)),
            Breach.HOLIDAYS: _unexcused(place, person, off(person, place.span)),
            **_calendar(place, person, known),
            Breach.MEETINGS: _too_close(place, person, others),
            Breach.LIMITS: _too_many(place, person, others),
        }
        yield from (Violation(kind, name, person.id, m) for kind, minutes in found.items() for m in _first(minutes))


def _first(minutes: Iterator[int]) -> Iterator[int]:
    yield from (minute for minute in (next(minutes, None),) if minute is not None)


def _paused(place: Placement) -> Iterator[int]:
    """Minutes at which the relationship as a whole does not meet: paused, past its end, or in a pause of its own."""
    bond = place.relationship
    over = bond.ends is not None and instant(place.span.start) >= bond.ends
    for minute in range(place.span.start, place.span.end):
        if bond.paused or over or any(blocks(rule, bond.mentor, minute) for rule in bond.pauses):
            yield minute


def _bound(place: Placement, person: Person) -> Iterator[int]:
    """Minutes of a meeting at which a person's own rules and calendar count."""
    return _unexcused(place, person, range(place.span.start, place.span.end))


def _unexcused(place: Placement, person: Person, minutes: Iterable[int]) -> Iterator[int]:
    """All but those that the person has excused by choosing the time."""
    excused = place.tolerated if person.id == place.chosen_by else ()
    for minute in minutes:
        if not any(span.start <= minute < span.end for span in excused):
            yield minute


def _calendar(place: Placement, person: Person, known: PersonObserved) -> dict[Breach, Iterator[int]]:
    """Minutes of busy time in a meeting, and in the room that has to stay free before and after it."""
    if known.busy is None:
        return {Breach.UNKNOWN: iter((place.span.start,))}
    before, after = _room(place.relationship) if place.searched else (0, 0)
    first, last = place.span.start - before, place.span.end + after
    taken = [block.span for block in known.busy if block.hard and block.span.start < last and block.span.end > first]
    around = (*range(first, place.span.start), *range(place.span.end, last))
    within = (m for m in _bound(place, person) if any(span.start <= m < span.end for span in taken))
    beside = (m for m in around if any(span.start <= m < span.end for span in taken))
    return {Breach.BUSY: within, Breach.BUFFERS: beside}


@dataclass(frozen=True, slots=True)
class _Other:
    """Another meeting of a person's, with the room (minutes) that it asks for."""

    span: Span
    before: int
    after: int


def _booked(known: PersonObserved) -> tuple[_Other, ...]:
    return tuple(_Other(each.span, each.before, each.after) for each in known.elsewhere)


def _planned(place: Placement, theirs: Sequence[Placement]) -> tuple[_Other, ...]:
    return tuple(_Other(each.span, *_room(each.relationship)) for each in theirs if each is not place)


def _room(relationship: Relationship) -> tuple[int, int]:
    """Whole minutes before and after, rounded up."""
    buffers = relationship.policy.buffers
    return _minutes(buffers.before), _minutes(buffers.after)


def _minutes(length: timedelta) -> int:
    whole, rest = divmod(length, timedelta(minutes=1))
    return whole + bool(rest)


def _too_close(place: Placement, person: Person, others: Sequence[_Other]) -> Iterator[int]:
    """First minutes of meetings that overlap this one, or leave less between than the two ask for."""
    ours = place.span
    if not place.searched:
        bound = set(_bound(place, person))
        yield from (o.span.start for o in others if not bound.isdisjoint(range(o.span.start, o.span.end)))
        return
    before, after = _room(place.relationship)
    for other in others:
        comes_later = other.span.start - ours.end >= max(after, other.before)
        came_earlier = ours.start - other.span.end >= max(other.after, before)
        if not (comes_later or came_earlier):
            yield other.span.start


def _too_many(place: Placement, person: Person, others: Sequence[_Other]) -> Iterator[int]:
    """The meeting's start, where its local day or week holds all the meetings that the person may have without it."""
    if not place.searched:
        return
    limits = place.relationship.policy.limits
    today = _day(person, place.span.start)
    days = [_day(person, other.span.start) for other in others]
    this_week = [day for day in days if _week(day, person) == _week(today, person)]
    if days.count(today) >= limits.per_day or len(this_week) >= limits.per_week:
        yield place.span.start


def _day(person: Person, minute: int) -> date:
    return wall(person, minute).date()


def _week(day: date, person: Person) -> date:
    """First day of the person's week that a day lies in."""
    while day.weekday() != person.week_starts:
        day -= DAY
    return day
