"""The same search by three libraries that are used for such things: python-dateutil, portion, recurring-ical-events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import portion
import recurring_ical_events
from dateutil.rrule import WEEKLY, rrule

from agent.core.boundaries import Strength
from agent.core.observation import PersonObserved
from agent.core.people import Person
from agent.core.relationships import Relationship
from agent.core.rules import Rule
from agent.core.timespan import floor_minute
from tests.bench.plain import (
    MINUTE,
    Answer,
    Expanded,
    Interval,
    Occurrence,
    Price,
    both,
    fitting,
    forbidden,
    merged,
    on_grid,
    placed,
    ranked,
    without,
)
from tests.bench.workload import BEGINS, WEEKS, WINDOW, Work

FIRST = BEGINS.replace(tzinfo=None) - timedelta(days=7)
LAST = FIRST + timedelta(weeks=WEEKS + 2)
"""Wall times that surely enclose the window, with the good hours before and after it."""

NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

Expand = Callable[[Person, PersonObserved], Expanded]
Search = Callable[[Relationship, Mapping[str, Expanded], Work], tuple[int, ...]]


def _occurrences(rule: Rule) -> list[Occurrence]:
    length = timedelta(minutes=rule.end - rule.start)
    begins = rrule(WEEKLY, byweekday=sorted(rule.weekdays), dtstart=FIRST + timedelta(minutes=rule.start), until=LAST)
    return [(begin, begin + length) for begin in begins]


def by_dateutil(person: Person, known: PersonObserved) -> Expanded:
    """Expand a person's rules with python-dateutil, each once."""
    zone = ZoneInfo(person.zone)

    def run(rules: Iterable[Rule], *, hard: bool = False) -> list[Interval]:
        return [interval for rule in rules for interval in placed(_occurrences(rule), zone, hard=hard)]

    return Expanded(
        open=run(person.availability),
        hard=run((b.rule for b in person.boundaries if b.strength is Strength.HARD), hard=True),
        soft=[(b.points, run((b.rule,))) for b in person.boundaries if b.strength is Strength.SOFT],
        good=run(person.good_hours),
        busy=[(block.span.start, block.span.end) for block in known.busy or () if block.hard],
        unanswered=[(block.span.start, block.span.end) for block in known.busy or () if not block.hard],
    )


def with_dateutil(work: Work) -> Answer:
    """python-dateutil's rule sets and a sweep over sorted intervals."""
    return _answer(work, by_dateutil, _swept)


def with_portion(work: Work) -> Answer:
    """The same occurrences, and portion's intervals instead of the sweep."""
    return _answer(work, by_dateutil, _by_algebra)


def _answer(work: Work, expand: Expand, search: Search) -> Answer:
    who = work.relationship
    expanded = {p.id: expand(p, work.observed.of(p.id)) for p in who.people}
    starts = search(who, expanded, work)
    return ranked(starts, {person: Price(each) for person, each in expanded.items()}, who)


def _swept(who: Relationship, expanded: Mapping[str, Expanded], work: Work) -> tuple[int, ...]:
    length = who.policy.cadence.duration // MINUTE
    possible: list[Interval] = [(WINDOW.start, WINDOW.end)]
    for person in who.people:
        theirs = expanded[person.id]
        barred = forbidden(person, work.observed.of(person.id), theirs, who, ZoneInfo(person.zone))
        possible = both(possible, without(fitting(merged(theirs.open), length), barred))
    return on_grid(possible, (WINDOW.start, WINDOW.end), who.policy.grid // MINUTE)


def _by_algebra(who: Relationship, expanded: Mapping[str, Expanded], work: Work) -> tuple[int, ...]:
    length = who.policy.cadence.duration // MINUTE
    possible = portion.closedopen(WINDOW.start, WINDOW.end)
    for person in who.people:
        theirs = expanded[person.id]
        barred = forbidden(person, work.observed.of(person.id), theirs, who, ZoneInfo(person.zone))
        fits = fitting(((each.lower, each.upper) for each in _union(theirs.open)), length)
        possible &= _union(fits) - _union(barred)
    runs = [(each.lower, each.upper) for each in possible if not each.empty]
    return on_grid(runs, (WINDOW.start, WINDOW.end), who.policy.grid // MINUTE)


def _union(intervals: Iterable[Interval]) -> Any:
    return portion.Interval(*(portion.closedopen(start, end) for start, end in intervals))


def with_icalendar(work: Work, calendars: Mapping[str, icalendar.Calendar]) -> Answer:
    """Rules and busy time as events of a calendar that is already parsed, placed by recurring-ical-events."""
    return _answer(work, lambda person, _: _by_icalendar(person, calendars[person.id]), _swept)


def as_calendars(work: Work) -> dict[str, icalendar.Calendar]:
    """Each person's rules and busy time as iCalendar: written, and read again as it would be from a server."""
    written = {}
    for person in work.relationship.people:
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Attune//benchmark//EN"]
        for n, (category, rule) in enumerate(_rules(person)):
            begin = FIRST + timedelta(
                minutes=rule.start, days=min((day - FIRST.weekday()) % 7 for day in rule.weekdays)
            )
            end = begin + timedelta(minutes=rule.end - rule.start)
            days = ",".join(NAMES[day] for day in sorted(rule.weekdays))
            lines += ["BEGIN:VEVENT", f"UID:rule-{n}", f"CATEGORIES:{category}", f"RRULE:FREQ=WEEKLY;BYDAY={days}"]
            lines += [
                f"DTSTART;TZID={person.zone}:{begin:%Y%m%dT%H%M%S}",
                f"DTEND;TZID={person.zone}:{end:%Y%m%dT%H%M%S}",
            ]
            lines += ["END:VEVENT"]
        for n, block in enumerate(work.observed.of(person.id).busy or ()):
            begin, end = block.span.starts_at, block.span.ends_at
            lines += ["BEGIN:VEVENT", f"UID:busy-{n}", f"CATEGORIES:{'busy' if block.hard else 'unanswered'}"]
            lines += [f"DTSTART:{begin:%Y%m%dT%H%M%SZ}", f"DTEND:{end:%Y%m%dT%H%M%SZ}", "END:VEVENT"]
        written[person.id] = icalendar.Calendar.from_ical("\r\n".join([*lines, "END:VCALENDAR", ""]))
    return written


def _rules(person: Person) -> Iterable[tuple[str, Rule]]:
    yield from (("open", rule) for rule in person.availability)
    yield from (("good", rule) for rule in person.good_hours)
    for n, boundary in enumerate(person.boundaries):
        yield "hard" if boundary.strength is Strength.HARD else f"soft-{n}", boundary.rule


def _by_icalendar(person: Person, calendar: icalendar.Calendar) -> Expanded:
    zone = ZoneInfo(person.zone)
    found: dict[str, list[Interval]] = {}
    for event in recurring_ical_events.of(calendar).between(FIRST.replace(tzinfo=UTC), LAST.replace(tzinfo=UTC)):
        (category,) = event["CATEGORIES"].cats
        begin, end = event["DTSTART"].dt, event["DTEND"].dt
        into = found.setdefault(str(category), [])
        if category in {"busy", "unanswered"}:
            into.append((floor_minute(begin), floor_minute(end)))
        else:
            walls = [(begin.replace(tzinfo=None), end.replace(tzinfo=None))]
            into += placed(walls, zone, hard=category == "hard")
    points = {f"soft-{n}": boundary.points for n, boundary in enumerate(person.boundaries)}
    return Expanded(
        open=found.get("open", []),
        hard=found.get("hard", []),
        soft=[(points[name], run) for name, run in found.items() if name in points],
        good=found.get("good", []),
        busy=found.get("busy", []),
        unanswered=found.get("unanswered", []),
    )
