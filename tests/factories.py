"""Small builders of core values: what a test does not name is plain, so that what it names is what it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from agent.core.boundaries import Boundary, Strength
from agent.core.observation import Answer, Busy, Elsewhere, Observed, OwnEvent, PersonObserved
from agent.core.people import Medium, Person
from agent.core.policy import Buffers, Cadence, Limits, Policy
from agent.core.relationships import Meeting, Relationship, meeting_uid
from agent.core.rules import EVERY_DAY, Dates, Rule
from agent.core.timespan import DAY, Span, floor_minute
from agent.core.walltime import Wall

NOW = datetime(2027, 3, 1, tzinfo=UTC)
"""A Monday."""

WEEKDAYS = frozenset(range(5))


def at(text: str, zone: str = "UTC") -> datetime:
    """Aware UTC instant of a wall time such as ``2027-03-01 09:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def span(text: str, minutes: int = 45, zone: str = "UTC") -> Span:
    """So many minutes from a wall time on."""
    start = floor_minute(at(text, zone))
    return Span(start, start + minutes)


def clock(text: str) -> int:
    """Minutes after midnight of ``HH:MM``."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def rule(
    start: str = "00:00",
    end: str = "24:00",
    days: frozenset[int] = EVERY_DAY,
    first: date | None = None,
    last: date | None = None,
) -> Rule:
    """Wall-clock time on some days; an end at or before the start is on the next day."""
    begins, ends = clock(start), clock(end)
    return Rule(days, begins, ends if ends > begins else ends + DAY, (Dates(first, last),) if first or last else ())


def hard(start: str = "00:00", end: str = "24:00", **when: Any) -> Boundary:
    """A boundary that is never crossed."""
    return Boundary(rule(start, end, **when))


def soft(points: float, start: str = "00:00", end: str = "24:00", **when: Any) -> Boundary:
    """A boundary that costs so many points per minute."""
    return Boundary(rule(start, end, **when), Strength.SOFT, points)


def person(name: str = "mentor-1", zone: str = "UTC", **other: Any) -> Person:
    """Somebody who is available, and may be written to, at any time."""
    plain = Person(
        name, f"Example {name}", f"{name}@northwind.example", zone, availability=(Rule(),), messages=(Rule(),)
    )
    return replace(plain, **other)


def policy(**other: Any) -> Policy:
    """No notice, no buffers, no limit that bites: a policy that forbids nothing by itself."""
    plain = Policy(
        cadence=Cadence(timedelta(weeks=2), timedelta(days=4), timedelta(minutes=45)),
        notice=timedelta(),
        buffers=Buffers(timedelta(), timedelta()),
        limits=Limits(100, 100),
    )
    return replace(plain, **other)


def pair(mentor: Person | None = None, mentee: Person | None = None, **other: Any) -> Relationship:
    """``pair-1``, bound by the plain policy."""
    plain = Relationship("pair-1", mentor or person("mentor-1"), (mentee or person("mentee-1"),), policy())
    return replace(plain, **other)


def circle(*people: Person, **other: Any) -> Relationship:
    """``circle-1``: the first of the people is the mentor."""
    return replace(Relationship("circle-1", people[0], people[1:], policy()), **other)


def observed(relationship: Relationship, busy: Mapping[str, Sequence[Span] | None] | None = None) -> Observed:
    """Everybody as never written to, hard busy over these spans; None for whom a calendar cannot be read."""
    return Observed({p.id: PersonObserved(_blocks((busy or {}).get(p.id, ()))) for p in relationship.people})


def _blocks(spans: Sequence[Span] | None) -> tuple[Busy, ...] | None:
    return None if spans is None else tuple(Busy(span) for span in spans)


def elsewhere(span: Span, before: int = 0, after: int = 0) -> Elsewhere:
    """A meeting in another relationship."""
    return Elsewhere(span, before, after)


def meeting(span: Span, number: int = 1, **other: Any) -> Meeting:
    """A booked meeting that was due when it starts, with a mentor whose clock shows UTC."""
    wall = Wall("UTC", span.start)
    return replace(Meeting(number, span, Medium.VIDEO, span.starts_at, wall=wall), **other)


def event(relationship: str, booked: Meeting, answer: Answer = Answer.NONE, **other: Any) -> OwnEvent:
    """A meeting's entry in somebody's calendar, untouched."""
    return replace(OwnEvent(meeting_uid(relationship, booked.number), booked.span, answer), **other)


def written(relationship: Relationship, booked: Meeting, **acts: OwnEvent | None) -> Observed:
    """Everybody free, the meeting in every calendar; ``acts`` (``mentor_1=…``) is what somebody made of theirs."""
    plain = event(relationship.id, booked)
    return Observed(
        {
            p.id: PersonObserved((), (), booked.span, acts.get(p.id.replace("-", "_"), plain))
            for p in relationship.people
        }
    )
