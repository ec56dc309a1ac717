"""The slot search once more, a minute at a time and straight from the rulings, sharing no code with the real one.

Slow on purpose: every minute is asked what the clock on each person's wall says, with ``zoneinfo`` and nothing else.
Only the core's value types are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from agent.core.observation import Observed, PersonObserved
from agent.core.people import Person
from agent.core.relationships import Relationship
from agent.core.rules import Dates, Rule
from agent.core.timespan import Span

DAY = timedelta(days=1)
ZERO = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=200_000)
def wall(minute: int, zone: str) -> datetime:
    """What the clock on a wall shows, without its zone."""
    return (ZERO + timedelta(minutes=minute)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def begins_on(rule: Rule, day: date) -> bool:
    stretches = [(each.first or date.min, each.last or date.max) for each in rule.dates] or [(date.min, date.max)]
    return day.weekday() in rule.weekdays and any(first <= day <= last for first, last in stretches)


def in_rule(rule: Rule, minute: int, zone: str) -> bool:
    """Wall-clock membership: a rule belongs to its start day and may end on the next."""
    shown = wall(minute, zone)
    clock = shown.hour * 60 + shown.minute
    today, yesterday = shown.date(), shown.date() - DAY
    begun_today = begins_on(rule, today) and rule.start <= clock < rule.end
    begun_yesterday = begins_on(rule, yesterday) and rule.start <= clock + 24 * 60 < rule.end
    return begun_today or begun_yesterday


def read_by_the_rfc(day: date, clock: int, zone: str) -> int:
    """RFC 5545, 3.3.5: a repeated wall time is its first, a skipped one has the offset from before the gap."""
    naive = datetime(day.year, day.month, day.day) + timedelta(minutes=clock)  # noqa: DTZ001
    return int((naive.replace(tzinfo=ZoneInfo(zone), fold=0) - ZERO).total_seconds()) // 60


def between_ends(rule: Rule, minute: int, zone: str) -> bool:
    today = wall(minute, zone).date()
    return any(
        begins_on(rule, day) and read_by_the_rfc(day, rule.start, zone) <= minute < read_by_the_rfc(day, rule.end, zone)
        for day in (today + n * DAY for n in range(-3, 3))
    )


def blocks(rule: Rule, minute: int, zone: str) -> bool:
    return in_rule(rule, minute, zone) or between_ends(rule, minute, zone)


def of_day(day: date) -> Rule:
    return Rule(dates=(Dates(day, day),))


def may_meet(person: Person, minute: int) -> bool:
    """Inside availability, outside hard boundaries and public holidays."""
    return (
        any(in_rule(rule, minute, person.zone) for rule in person.availability)
        and not any(blocks(b.rule, minute, person.zone) for b in person.boundaries if b.strength == "hard")
        and not any(blocks(of_day(day), minute, person.zone) for day in person.holidays)
    )


def week(day: date, starts: int) -> date:
    while day.weekday() != starts:
        day -= DAY
    return day


def has_room(person: Person, known: PersonObserved, start: int, relationship: Relationship) -> bool:
    """Within the limits of the start's local day and week."""
    today = wall(start, person.zone).date()
    days = [wall(other.span.start, person.zone).date() for other in known.elsewhere]
    this_week = [day for day in days if week(day, person.week_starts) == week(today, person.week_starts)]
    limits = relationship.policy.limits
    return days.count(today) < limits.per_day and len(this_week) < limits.per_week


def is_clear(known: PersonObserved, start: int, end: int, before: int, after: int) -> bool:
    """Off everything that is busy, with the room that is due around it. Touching end to end is allowed."""
    for block in known.busy or ():
        if block.hard and start - before < block.span.end and block.span.start < end + after:
            return False
    for other in known.elsewhere:
        ours_first = end + max(after, other.before) <= other.span.start
        theirs_first = other.span.end + max(other.after, before) <= start
        if not (ours_first or theirs_first):
            return False
    return True


def whole(length: timedelta) -> int:
    return int(length.total_seconds()) // 60


class Oracle:
    """Answers for one relationship as things stand. Lengths in the policy are whole minutes."""

    def __init__(self, relationship: Relationship, observed: Observed) -> None:
        self.relationship = relationship
        self.observed = observed
        self.duration = whole(relationship.policy.cadence.duration)
        self._open: dict[tuple[str, int], bool] = {}
        self._paused: dict[int, bool] = {}

    def starts(self, window: Span, avoided: Iterable[int] = ()) -> Iterator[int]:
        """Every feasible start on the grid, in the order of time."""
        grid = whole(self.relationship.policy.grid)
        taken = tuple(avoided)
        for start in range(window.start, window.end):
            if (
                start % grid == 0
                and self.feasible(start)
                and all(abs(start - other) >= self.duration for other in taken)
            ):
                yield start

    def feasible(self, start: int) -> bool:
        policy, minutes = self.relationship.policy, range(start, start + self.duration)
        before, after = whole(policy.buffers.before), whole(policy.buffers.after)
        if self.is_off(start) or any(self.is_paused(minute) for minute in minutes):
            return False
        for person in self.relationship.people:
            known = self.observed.people[person.id]
            if known.busy is None or not is_clear(known, start, start + self.duration, before, after):
                return False
            if not has_room(person, known, start, self.relationship):
                return False
        return all(self.is_open(person, minute) for person in self.relationship.people for minute in minutes)

    def is_off(self, start: int) -> bool:
        ends = self.relationship.ends
        return self.relationship.paused or (ends is not None and ZERO + timedelta(minutes=start) >= ends)

    def is_paused(self, minute: int) -> bool:
        if minute not in self._paused:
            zone = self.relationship.mentor.zone
            self._paused[minute] = any(blocks(rule, minute, zone) for rule in self.relationship.pauses)
        return self._paused[minute]

    def is_open(self, person: Person, minute: int) -> bool:
        if (person.id, minute) not in self._open:
            self._open[person.id, minute] = may_meet(person, minute)
        return self._open[person.id, minute]

    def burden(self, person: Person, start: int, points_unanswered: float) -> float:
        """Points per minute of each soft rule and each unanswered invitation; what overlaps adds."""
        minutes = range(start, start + self.duration)
        soft = [b for b in person.boundaries if b.strength == "soft"]
        rules = sum(b.points for b in soft for minute in minutes if in_rule(b.rule, minute, person.zone))
        invitations = [block.span for block in self.observed.people[person.id].busy or () if not block.hard]
        return rules + points_unanswered * sum(i.start <= minute < i.end for i in invitations for minute in minutes)
