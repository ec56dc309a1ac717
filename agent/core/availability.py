"""What one person's own rules leave open."""

from __future__ import annotations

from agent.core import minutes
from agent.core.boundaries import Strength
from agent.core.expansion import blocked, expand
from agent.core.people import Person
from agent.core.rules import Rule, whole_days
from agent.core.timespan import DAY, Run, Span


def hours(person: Person, window: Span) -> int:
    """Minutes of a window, as bits, in the person's availability and outside their limits, holidays aside.

    Limits are the hard boundaries; for whoever cannot rotate, the soft ones and all but the good hours too.
    """
    strengths = {Strength.HARD} if person.rotates else {Strength.HARD, Strength.SOFT}
    limits = [b.rule for b in person.boundaries if b.strength in strengths]
    found = expand(person.availability, person.where, window) & ~blocked(limits, person.where, window)
    if person.good_hours and not person.rotates:
        found &= expand(person.good_hours, person.where, window)
    return found


def holidays(person: Person, window: Span) -> int:
    """Minutes of a window, as bits, on the person's public holidays, by their local day."""
    first, last = window.starts_at.date().toordinal() - 2, window.ends_at.date().toordinal() + 2
    near = [day for day in person.holidays if first <= day.toordinal() <= last]
    return blocked(whole_days(near), person.where, window) if near else 0


def open_time(person: Person, window: Span) -> Run:
    """Spans of a window that no rule of the person's own forbids."""
    return minutes.as_run(hours(person, window) & ~holidays(person, window), window.start)


def soft_rules(person: Person) -> tuple[Rule, ...]:
    """The rules of the person's soft boundaries."""
    return tuple(b.rule for b in person.boundaries if b.strength is Strength.SOFT)


def easy_hours(person: Person, window: Span) -> int:
    """Minutes of a window, as bits, that cost the person nothing by their own rules, available or not."""
    soft = soft_rules(person)
    found = expand(person.good_hours, person.where, window) if person.good_hours else minutes.ones(window.minutes)
    return found & ~expand(soft, person.where, window) if soft else found


def around(window: Span, more: int = 2 * DAY) -> Span:
    """A window with so many minutes more on both sides."""
    return Span(window.start - more, window.end + more)
