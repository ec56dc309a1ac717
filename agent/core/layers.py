"""Why a start is not possible, one layer for each person and kind.

A layer is the run of *starts* (minutes) that one constraint forbids. A start is feasible when no layer forbids it, so
the search and its explanation cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from agent.core.availability import around, holidays, hours
from agent.core.boundaries import blocked, membership, whole_days
from agent.core.observation import Busy, Elsewhere, PersonObserved
from agent.core.people import Person
from agent.core.policy import Limits
from agent.core.relationships import Relationship
from agent.core.timespan import Run, Span, ceil_minute, clip, subtract, union, whole_minutes
from agent.core.zones import local_date


class Kind(StrEnum):
    """What forbids a start. Private rules share one opaque kind, ``unavailable``."""

    UNAVAILABLE = "unavailable"
    HOLIDAYS = "holidays"
    BUSY = "busy"
    BUFFERS = "buffers"
    MEETINGS = "meetings"
    LIMITS = "limits"
    PAUSE = "pause"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Layer:
    """Starts that one constraint forbids; ``person`` is None where it binds the relationship as a whole."""

    kind: Kind
    person: str | None
    forbids: Run


@dataclass(frozen=True, slots=True)
class Shape:
    """Lengths of a meeting in minutes: itself and the room kept free around it."""

    duration: int
    before: int
    after: int

    @classmethod
    def of(cls, relationship: Relationship) -> Shape:
        """Lengths that a relationship's policy gives its meetings."""
        policy = relationship.policy
        return cls(
            whole_minutes(policy.cadence.duration),
            whole_minutes(policy.buffers.before),
            whole_minutes(policy.buffers.after),
        )


def layers(
    relationship: Relationship, observed: dict[str, PersonObserved], window: Span, avoided: Iterable[int] = ()
) -> tuple[Layer, ...]:
    """All constraints on a meeting of this relationship that starts in the window."""
    shape = Shape.of(relationship)
    found = [Layer(Kind.PAUSE, None, _pauses(relationship, shape, window))]
    declined = union(Span(start - shape.duration + 1, start + shape.duration) for start in avoided)
    found.append(Layer(Kind.DECLINED, None, clip(declined, window)))
    for person in relationship.people:
        known = observed.get(person.id, PersonObserved(busy=None))
        found += _rules(person, shape, window)
        found += _calendar(person, known, shape, window)
        found.append(Layer(Kind.LIMITS, person.id, _full(person, known.elsewhere, relationship.policy.limits, window)))
    return tuple(layer for layer in found if layer.forbids)


def _rules(person: Person, shape: Shape, window: Span) -> Iterator[Layer]:
    wide = around(window)
    possible = [Span(s.start, s.end - shape.duration + 1) for s in hours(person, wide) if s.minutes >= shape.duration]
    yield Layer(Kind.UNAVAILABLE, person.id, subtract((window,), possible))
    days_off = (_starts_touching(span, shape, 0, 0) for span in holidays(person, wide))
    yield Layer(Kind.HOLIDAYS, person.id, clip(union(days_off), window))


def _calendar(person: Person, known: PersonObserved, shape: Shape, window: Span) -> Iterator[Layer]:
    if known.busy is None:
        yield Layer(Kind.UNKNOWN, person.id, (window,))
        return
    hard = [block for block in known.busy if block.hard]
    bare = clip(union(_starts_touching(block.span, shape, 0, 0) for block in hard), window)
    roomy = clip(union(_starts_touching(block.span, shape, shape.before, shape.after) for block in hard), window)
    yield Layer(Kind.BUSY, person.id, bare)
    yield Layer(Kind.BUFFERS, person.id, subtract(roomy, bare))
    yield Layer(Kind.MEETINGS, person.id, clip(union(_starts_near(m, shape) for m in known.elsewhere), window))


def _starts_touching(span: Span, shape: Shape, before: int, after: int) -> Span:
    """Starts whose meeting, with this much room around it, shares a minute with the span."""
    return Span(span.start - shape.duration - after + 1, span.end + before)


def _starts_near(meeting: Elsewhere, shape: Shape) -> Span:
    """Starts too close to another meeting: between two, the larger of the first's after and the second's before."""
    before = max(meeting.after, shape.before)
    after = max(shape.after, meeting.before)
    return _starts_touching(meeting.span, shape, before, after)


def _pauses(relationship: Relationship, shape: Shape, window: Span) -> Run:
    if relationship.paused:
        return (window,)
    paused = blocked(relationship.pauses, relationship.mentor.zone, around(window))
    spans = [_starts_touching(span, shape, 0, 0) for span in paused]
    if relationship.ends is not None:
        end = ceil_minute(relationship.ends)
        spans += [Span(end, window.end)] if end < window.end else []
    return clip(union(spans), window)


def _full(person: Person, elsewhere: Iterable[Elsewhere], limits: Limits, window: Span) -> Run:
    """Starts on local days, or in local weeks, that hold all the meetings the person may have."""
    days = [local_date(meeting.span.start, person.zone) for meeting in elsewhere]
    weeks = [week_of(day, person.week_starts) for day in days]
    full = {day for day in days if days.count(day) >= limits.per_day}
    for week in {week for week in weeks if weeks.count(week) >= limits.per_week}:
        full |= {week + timedelta(days=n) for n in range(7)}
    return membership(whole_days(full), person.zone, window)


def week_of(day: date, starts: int) -> date:
    """First day of the week that a day lies in, for weeks that start on this weekday (Monday is 0)."""
    return day - timedelta(days=(day.weekday() - starts) % 7)


def touching(busy: Iterable[Busy], span: Span) -> bool:
    """Whether a hard block shares a minute with a span."""
    return any(block.hard and block.span.touches(span) for block in busy)
