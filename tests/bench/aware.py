"""The same search as most people would write it on python-dateutil: aware datetimes throughout, and one sweep line.

Rules are recurrence rules that begin in the owner's zone (``dateutil.tz``), every occurrence is brought to UTC, and the
edges of everything are sorted and swept once. ``contenders.with_dateutil`` is the same search tuned by hand to
integers; the difference between the two is what datetimes cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

from dateutil import tz
from dateutil.rrule import WEEKLY, rrule

from agent.core.boundaries import Strength
from agent.core.observation import PersonObserved
from agent.core.people import Person
from agent.core.relationships import Relationship
from agent.core.rules import Rule
from agent.core.timespan import floor_minute
from tests.bench.contenders import FIRST, LAST
from tests.bench.plain import Answer, Expanded, Interval, Price, both, merged, ranked
from tests.bench.workload import WINDOW, Work

Stretch = tuple[datetime, datetime]
"""Aware UTC."""

OPEN, BARRED = 0, 1


def occurrences(rule: Rule, zone: tzinfo) -> Iterator[Stretch]:
    """Occurrences of a rule in UTC; none of the workload's rules begins or ends where clocks change."""
    length = timedelta(minutes=rule.end - rule.start)
    first = (FIRST + timedelta(minutes=rule.start)).replace(tzinfo=zone)
    for begin in rrule(WEEKLY, byweekday=sorted(rule.weekdays), dtstart=first, until=LAST.replace(tzinfo=zone)):
        end = begin + length  # on the wall, as dateutil counts
        if tz.datetime_ambiguous(begin) or tz.datetime_ambiguous(end) or not tz.datetime_exists(end):
            raise ValueError("a rule of the workload ends where clocks change")
        yield begin.astimezone(UTC), end.astimezone(UTC)


def edges(person: Person, known: PersonObserved, who: Relationship) -> Iterator[tuple[datetime, int, int]]:
    """When somebody's time opens or closes, or is barred or free again."""
    zone, policy = _zone(person), who.policy
    for rule in person.availability:
        yield from _pair(occurrences(rule, zone), OPEN)
    hard = [b.rule for b in person.boundaries if b.strength is Strength.HARD]
    for rule in hard:
        yield from _pair(occurrences(rule, zone), BARRED)
    before, after = policy.buffers.before, policy.buffers.after
    busy = [block.span for block in known.busy or () if block.hard]
    yield from _pair(((span.starts_at - after, span.ends_at + before) for span in busy), BARRED)
    for other in known.elsewhere:
        room = max(after, timedelta(minutes=other.before)), max(before, timedelta(minutes=other.after))
        yield from _pair([(other.span.starts_at - room[0], other.span.ends_at + room[1])], BARRED)


def _pair(stretches: Iterable[Stretch], kind: int) -> Iterator[tuple[datetime, int, int]]:
    for start, end in stretches:
        yield start, kind, 1
        yield end, kind, -1


def free(person: Person, known: PersonObserved, who: Relationship) -> list[Stretch]:
    """One sweep over all edges: where something is open and nothing barred."""
    found: list[Stretch] = []
    count, since = [0, 0], None
    for moment, kind, step in sorted(edges(person, known, who)):
        count[kind] += step
        is_free = count[OPEN] > 0 and not count[BARRED]
        if is_free and since is None:
            since = moment
        elif not is_free and since is not None:
            if since < moment:
                found.append((since, moment))
            since = None
    return found


def with_aware_dateutil(work: Work) -> Answer:
    """python-dateutil and a sweep line over aware datetimes."""
    who = work.relationship
    first, *others = (free(person, work.observed.of(person.id), who) for person in who.people)
    for other in others:
        first = both(first, other)
    full = [(_zone(person), _full(person, work.observed.of(person.id), who)) for person in who.people]
    starts = tuple(
        floor_minute(start)
        for start in _candidates(first, who)
        if not any(start.astimezone(zone).date() in days for zone, days in full if days)
    )
    return ranked(starts, {p.id: Price(_priced(p, work.observed.of(p.id))) for p in who.people}, who)


def _candidates(stretches: Iterable[Stretch], who: Relationship) -> Iterator[datetime]:
    length, grid = who.policy.cadence.duration, who.policy.grid
    low, high = WINDOW.starts_at, WINDOW.ends_at
    for begin, end in stretches:
        start = max(begin, low)
        start += -(start - datetime.min.replace(tzinfo=UTC)) % grid
        while start + length <= end and start < high:
            yield start
            start += grid


def _full(person: Person, known: PersonObserved, who: Relationship) -> set[date]:
    zone, limits = _zone(person), who.policy.limits
    days = [other.span.starts_at.astimezone(zone).date() for other in known.elsewhere]
    weeks = [day - timedelta(days=(day.weekday() - person.week_starts) % 7) for day in days]
    full = {day for day in days if days.count(day) >= limits.per_day}
    full |= {week + timedelta(days=n) for week in weeks if weeks.count(week) >= limits.per_week for n in range(7)}
    return full


def _priced(person: Person, known: PersonObserved) -> Expanded:
    zone = _zone(person)

    def run(rule: Rule) -> list[Interval]:
        return merged((floor_minute(start), floor_minute(end)) for start, end in occurrences(rule, zone))

    return Expanded(
        open=[],
        hard=[],
        soft=[(b.points, run(b.rule)) for b in person.boundaries if b.strength is Strength.SOFT],
        good=[interval for rule in person.good_hours for interval in run(rule)],
        busy=[],
        unanswered=[(block.span.start, block.span.end) for block in known.busy or () if not block.hard],
    )


def _zone(person: Person) -> tzinfo:
    zone = tz.gettz(person.zone)
    if zone is None:
        raise ValueError(person.zone)
    return zone
