"""What one person's own rules leave open."""

from __future__ import annotations

from agent.core import minutes
from agent.core.boundaries import Strength
from agent.core.expansion import Wall
from agent.core.people import Person
from agent.core.rules import whole_days
from agent.core.timespan import DAY, Run, Span


def hours(person: Person, wall: Wall) -> int:
    """Minutes of a window, as bits, in the person's availability and outside their limits, holidays aside.

    Limits are the hard boundaries; for whoever cannot rotate, the soft ones and all but the good hours too.
    """
    strengths = {Strength.HARD} if person.rotates else {Strength.HARD, Strength.SOFT}
    limits = [b.rule for b in person.boundaries if b.strength in strengths]
    found = wall.lay(person.availability) & ~wall.lay(limits)
    if person.good_hours and not person.rotates:
        found &= wall.lay(person.good_hours)
    return wall.utc(found) & ~wall.doubtful(limits)


def holidays(person: Person, wall: Wall) -> int:
    """Minutes of a window, as bits, on the person's public holidays, by their local day."""
    window = wall.window
    first, last = window.starts_at.date().toordinal() - 2, window.ends_at.date().toordinal() + 2
    near = whole_days(day for day in person.holidays if first <= day.toordinal() <= last)
    return wall.utc(wall.lay(near)) | wall.doubtful(near) if near else 0


def open_time(person: Person, window: Span) -> Run:
    """Spans of a window that no rule of the person's own forbids."""
    wall = Wall.over(person.where, window)
    return minutes.as_run(hours(person, wall) & ~holidays(person, wall), window.start)


def easy_hours(person: Person, wall: Wall) -> int:
    """Minutes of a window, as bits, that cost the person nothing by their own rules, available or not."""
    soft = [b.rule for b in person.boundaries if b.strength is Strength.SOFT]
    good = wall.lay(person.good_hours) if person.good_hours else minutes.ones(wall.length)
    return wall.utc(good & ~wall.lay(soft))


def around(window: Span, more: int = 2 * DAY) -> Span:
    """A window with so many minutes more on both sides."""
    return Span(window.start - more, window.end + more)
