"""Why a start is not possible, one layer for each person and kind.

A layer is the set of starts that one constraint forbids. A start is feasible when no layer forbids it, so the search
and its explanation cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from agent.core.availability import easy_hours, open_starts, working_starts
from agent.core.expansion import Wall, blocked, expand
from agent.core.grid import Grid
from agent.core.minutes import ones
from agent.core.observation import Busy, Elsewhere, PersonObserved
from agent.core.people import Person
from agent.core.policy import Limits
from agent.core.relationships import Relationship
from agent.core.rules import whole_days
from agent.core.timespan import Span, ceil_minute, whole_minutes


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
    """Starts of a grid that one constraint forbids; ``person`` is None where it binds the relationship as a whole."""

    kind: Kind
    person: str | None
    forbids: int


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


class Starts(NamedTuple):
    """Starts of a grid that are open to somebody, and those among all that cost them nothing."""

    open: int
    easy: int

    def together(self, other: Starts) -> Starts:
        """Starts that are so for both."""
        return Starts(self.open & other.open, self.easy & other.easy)


def feasible_starts(relationship: Relationship, people: Iterable[Starts], grid: Grid, avoided: Iterable[int]) -> Starts:
    """Starts that nothing forbids: open to everybody, and to the relationship as a whole."""
    barred = _pauses(relationship, grid) | _declined(avoided, Shape.of(relationship), grid)
    found = Starts(grid.all & ~barred, grid.all)
    for each in people:
        found = found.together(each)
    return found


def start_mask(person: Person, known: PersonObserved, grid: Grid, shape: Shape, limits: Limits) -> Starts:
    """Starts at which one person could meet, and at which it would be no burden to them.

    Depends on nothing but what is given: one answer serves every relationship of the person with this shape.
    """
    if known.busy is None or not grid.count:
        return Starts(0, 0)
    wall = Wall.over(person.where, grid.lived(shape.duration))
    mask = open_starts(person, wall, grid, shape.duration) & working_starts(person, wall, grid, shape.duration)
    early, late = 1 - shape.duration - shape.after, shape.before
    mask &= ~grid.near([block.span for block in known.busy if block.hard], early, late)
    if known.elsewhere:
        mask &= ~grid.within(_near(meeting, shape) for meeting in known.elsewhere)
    mask &= ~_full(person, known.elsewhere, limits, grid)
    return Starts(mask, _easy(person, known.busy, grid, shape, wall))


def _easy(person: Person, busy: Iterable[Busy], grid: Grid, shape: Shape, wall: Wall) -> int:
    soft = [block.span for block in busy if not block.hard]
    mask = grid.all & ~grid.near(soft, 1 - shape.duration, 0) if soft else grid.all
    return mask & easy_hours(person).fitting(wall, grid, shape.duration)


def layers(
    relationship: Relationship, observed: dict[str, PersonObserved], grid: Grid, avoided: Iterable[int] = ()
) -> tuple[Layer, ...]:
    """All constraints on a meeting of this relationship that starts on the grid."""
    shape = Shape.of(relationship)
    found = [
        Layer(Kind.PAUSE, None, _pauses(relationship, grid)),
        Layer(Kind.DECLINED, None, _declined(avoided, shape, grid)),
    ]
    for person in relationship.people:
        known = observed.get(person.id, PersonObserved(busy=None))
        found += _rules(person, shape, grid)
        found += _calendar(person, known, shape, grid)
        full = _full(person, known.elsewhere, relationship.policy.limits, grid)
        found.append(Layer(Kind.LIMITS, person.id, full))
    return tuple(layer for layer in found if layer.forbids)


def _rules(person: Person, shape: Shape, grid: Grid) -> Iterator[Layer]:
    if not grid.count:
        return
    wall = Wall.over(person.where, grid.lived(shape.duration))
    yield Layer(Kind.UNAVAILABLE, person.id, grid.all & ~open_starts(person, wall, grid, shape.duration))
    yield Layer(Kind.HOLIDAYS, person.id, grid.all & ~working_starts(person, wall, grid, shape.duration))


def _calendar(person: Person, known: PersonObserved, shape: Shape, grid: Grid) -> Iterator[Layer]:
    if known.busy is None:
        yield Layer(Kind.UNKNOWN, person.id, grid.all)
        return
    hard = [block.span for block in known.busy if block.hard]
    bare = grid.within(_touching(span, shape, 0, 0) for span in hard)
    roomy = grid.within(_touching(span, shape, shape.before, shape.after) for span in hard)
    yield Layer(Kind.BUSY, person.id, bare)
    yield Layer(Kind.BUFFERS, person.id, roomy & ~bare)
    yield Layer(Kind.MEETINGS, person.id, grid.within(_near(meeting, shape) for meeting in known.elsewhere))


def _touching(span: Span, shape: Shape, before: int, after: int) -> tuple[int, int]:
    """Starts whose meeting, with this much room around it, shares a minute with the span."""
    return span.start - shape.duration - after + 1, span.end + before


def _near(meeting: Elsewhere, shape: Shape) -> tuple[int, int]:
    """Starts too close to another meeting: between two, the larger of the first's after and the second's before."""
    return _touching(meeting.span, shape, max(meeting.after, shape.before), max(shape.after, meeting.before))


def _declined(avoided: Iterable[int], shape: Shape, grid: Grid) -> int:
    near = [(start - shape.duration + 1, start + shape.duration) for start in avoided]
    return grid.within(near) if near else 0


def _pauses(relationship: Relationship, grid: Grid) -> int:
    if relationship.paused:
        return grid.all
    mask = 0
    if relationship.pauses and grid.count:
        shape = Shape.of(relationship)
        lived = grid.lived(shape.duration)
        working = ones(lived.minutes) & ~blocked(relationship.pauses, relationship.mentor.where, lived)
        mask = grid.all & ~grid.fitting(working, shape.duration)
    if relationship.ends is not None:
        end = ceil_minute(relationship.ends)
        mask |= grid.within([(end, max(end, grid.first + grid.count * grid.step))])
    return mask


def _full(person: Person, elsewhere: Iterable[Elsewhere], limits: Limits, grid: Grid) -> int:
    """Starts on local days, or in local weeks, that hold all the meetings the person may have."""
    elsewhere = tuple(elsewhere)
    if len(elsewhere) < min(limits.per_day, limits.per_week):
        return 0
    days = [date.fromordinal(person.where.local_day(meeting.span.start)) for meeting in elsewhere]
    weeks = [week_of(day, person.week_starts) for day in days]
    full = {day for day in days if days.count(day) >= limits.per_day}
    for week in {week for week in weeks if weeks.count(week) >= limits.per_week}:
        full |= {week + timedelta(days=n) for n in range(7)}
    if not full or not grid.count:
        return 0
    return grid.sampled(expand(whole_days(full), person.where, grid.lived(1)))


def week_of(day: date, starts: int) -> date:
    """First day of the week that a day lies in, for weeks that start on this weekday (Monday is 0)."""
    return day - timedelta(days=(day.weekday() - starts) % 7)


def touching(busy: Iterable[Busy], span: Span) -> bool:
    """Whether a hard block shares a minute with a span."""
    return any(block.hard and block.span.touches(span) for block in busy)
