"""What one person's own rules leave open."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_

from agent.core import minutes, weeks
from agent.core.boundaries import Strength
from agent.core.expansion import Wall
from agent.core.grid import Grid
from agent.core.people import Person
from agent.core.rules import Rule, whole_days
from agent.core.timespan import DAY, Run, Span

ALWAYS = (Rule(),)


@dataclass(frozen=True, slots=True)
class Hours:
    """Wall time that lies in a rule of each of ``within`` and in none of ``outside``."""

    within: tuple[tuple[Rule, ...], ...]
    outside: tuple[Rule, ...]

    @property
    def weekly(self) -> bool:
        """Whether they are the same every week."""
        return all(rule.weekly for rules in (*self.within, self.outside) for rule in rules)

    def laid(self, lay: Callable[[Iterable[Rule]], int]) -> int:
        """Put them together as bits, given what makes bits of rules."""
        return reduce(and_, map(lay, self.within)) & ~lay(self.outside)

    def fitting(self, wall: Wall, grid: Grid, duration: int) -> int:
        """Starts of meetings that lie whole in them; the wall is over what the grid lives."""
        if self.weekly and weeks.repeats(grid, duration):
            return weeks.fitting(self.laid(weeks.lay), wall.segments, grid, duration)
        return grid.fitting(wall.utc(self.laid(wall.lay)), duration)


def hours(person: Person) -> Hours:
    """Hours inside the person's availability and outside their limits, holidays aside.

    Limits are the hard boundaries; for whoever cannot rotate, the soft ones and all but the good hours too.
    """
    strengths = {Strength.HARD} if person.rotates else {Strength.HARD, Strength.SOFT}
    limits = tuple(b.rule for b in person.boundaries if b.strength in strengths)
    if person.good_hours and not person.rotates:
        return Hours((person.availability, person.good_hours), limits)
    return Hours((person.availability,), limits)


def easy_hours(person: Person) -> Hours:
    """Hours that cost the person nothing by their own rules, available or not."""
    soft = tuple(b.rule for b in person.boundaries if b.strength is Strength.SOFT)
    return Hours((person.good_hours or ALWAYS,), soft)


def open_starts(person: Person, wall: Wall, grid: Grid, duration: int) -> int:
    """Starts of meetings that lie whole in the person's hours, by both readings of their limits, holidays aside."""
    theirs = hours(person)
    found, doubtful = theirs.fitting(wall, grid, duration), wall.doubtful(theirs.outside)
    return found & _clear(doubtful, wall, grid, duration) if doubtful else found


def working_starts(person: Person, wall: Wall, grid: Grid, duration: int) -> int:
    """Starts of meetings that touch none of the person's public holidays."""
    days = holidays(person, wall)
    return _clear(days, wall, grid, duration) if days else grid.all


def _clear(mask: int, wall: Wall, grid: Grid, duration: int) -> int:
    """Starts of meetings that touch no minute of a set."""
    return grid.fitting(minutes.ones(wall.window.minutes) & ~mask, duration)


def holidays(person: Person, wall: Wall) -> int:
    """Minutes of a window, as bits, on the person's public holidays, by their local day."""
    if not person.holidays:
        return 0
    window = wall.window
    first, last = window.starts_at.date().toordinal() - 2, window.ends_at.date().toordinal() + 2
    near = whole_days(day for day in person.holidays if first <= day.toordinal() <= last)
    return wall.utc(wall.lay(near)) | wall.doubtful(near) if near else 0


def open_time(person: Person, window: Span) -> Run:
    """Spans of a window that no rule of the person's own forbids."""
    wall, theirs = Wall.over(person.where, window), hours(person)
    closed = wall.doubtful(theirs.outside) | holidays(person, wall)
    return minutes.as_run(wall.utc(theirs.laid(wall.lay)) & ~closed, window.start)


def around(window: Span, more: int = 2 * DAY) -> Span:
    """A window with so many minutes more on both sides."""
    return Span(window.start - more, window.end + more)
