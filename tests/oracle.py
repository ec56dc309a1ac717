"""The slot search once more, a minute at a time and straight from the rulings, sharing no code with the real one.

Slow on purpose: for every minute ``zoneinfo`` is asked what the clock on a wall shows, and nothing is known of offsets,
segments or bits. Wall time is counted in minutes since 1970-01-01T00:00 on the wall. Only the core's value types are
read.
"""

from __future__ import annotations

import zoneinfo
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday

from agent.core.observation import Observed, PersonObserved
from agent.core.people import Person
from agent.core.relationships import Ledger, Relationship
from agent.core.rules import Dates, Recurrence, Rule
from agent.core.timespan import Span
from agent.core.whereabouts import Journey

zoneinfo.reset_tzpath(to=())

DAY = 24 * 60
ZERO = datetime(1970, 1, 1, tzinfo=UTC)
ZERO_ON_THE_WALL = datetime(1970, 1, 1)  # noqa: DTZ001
FIRST_DAY = date(1970, 1, 1)
MINUTE = timedelta(minutes=1)

AROUND = 6 * DAY
"""Minutes known on either side of a window: a rule of three days ago, read over a journey around the world."""

FREQUENCIES: dict[str, Literal[0, 1, 2, 3]] = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY, "YEARLY": YEARLY}

UNANSWERED = 1.0
QUARTERS_PER_POINT = 8
FARTHEST = 12 * 60
HALF_LIFE = 12 * 7 * DAY


def wall(minute: int, rules: tzinfo) -> int:
    """What the clock on a wall shows."""
    return (datetime.fromtimestamp(minute * 60, rules).replace(tzinfo=None) - ZERO_ON_THE_WALL) // MINUTE


@lru_cache(maxsize=10_000)
def walls(zone: str, day: int) -> array[int]:
    """The same for each minute of a UTC day (counted from 1970)."""
    rules = zoneinfo.ZoneInfo(zone)
    return array("i", (wall(minute, rules) for minute in range(day * DAY, (day + 1) * DAY)))


def shown(minute: int, zone: str) -> int:
    return walls(zone, minute // DAY)[minute % DAY]


def number_of(day: date) -> int:
    return (day - FIRST_DAY).days


def date_of(wall_time: int) -> date:
    return FIRST_DAY + timedelta(days=wall_time // DAY)


@lru_cache(maxsize=1000)
def stay(journey: Journey) -> range:
    """From the first minute there that is on or after its first day to the first one that is after its last."""
    start = (number_of(journey.first) - 2) * DAY
    while shown(start, journey.zone) < number_of(journey.first) * DAY:
        start += 1
    end = start
    while shown(end, journey.zone) < (number_of(journey.last) + 1) * DAY:
        end += 1
    return range(start, end)


def lived(journeys: Sequence[Journey]) -> list[tuple[range, str]]:
    """Who travels on the next day stays until then; where two stays overlap the earlier one is lived to its end."""
    found: list[tuple[range, str]] = []
    lasts = 0
    real = [journey for journey in journeys if stay(journey)]
    for journey, following in zip(real, [*real[1:], None], strict=False):
        there = stay(journey)
        end = there.stop
        if following and following.first == journey.last + timedelta(days=1):
            end = max(end, stay(following).start)
        found.append((range(max(there.start, lasts), end), journey.zone))
        lasts = end
    return found


def begins_on(rule: Rule, day: date) -> bool:
    return (
        day.weekday() in rule.weekdays
        and (not rule.dates or any((s.first or day) <= day <= (s.last or day) for s in rule.dates))
        and (rule.weeks is None or in_weeks(day, rule.weeks.anchor, rule.weeks.every))
        and (rule.recurrence is None or day in recurring(rule.recurrence, day.year))
    )


def in_weeks(day: date, anchor: date, every: int) -> bool:
    while day < anchor:
        day += timedelta(weeks=every)
    return (day - anchor).days % (7 * every) < 7


@lru_cache(maxsize=1000)
def recurring(recurrence: Recurrence, year: int) -> frozenset[date]:
    """Days of a year on which something recurs, as ``dateutil`` has it."""
    pattern, limits = recurrence.pattern, recurrence.pattern.limits
    found = rrule(
        FREQUENCIES[pattern.frequency],
        midnight(recurrence.first),
        pattern.interval,
        weekday(pattern.week_starts),
        recurrence.count,
        midnight(recurrence.last) if recurrence.last else None,
        tuple(limits.position) or None,
        tuple(limits.month) or None,
        tuple(limits.month_day) or None,
        tuple(limits.year_day) or None,
        None,
        tuple(limits.week) or None,
        tuple(weekday(day, number or None) for number, day in limits.day) or None,
    )
    return frozenset(m.date() for m in found.between(midnight(date(year, 1, 1)), midnight(date(year, 12, 31)), True))


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001


def of_day(day: date) -> Rule:
    return Rule(dates=(Dates(day, day),))


def in_rule(rule: Rule, minute: int, zone: str) -> bool:
    """Whether the wall time of one minute lies in a rule: it belongs to its start day and may end on the next."""
    shown = wall(minute, zoneinfo.ZoneInfo(zone))
    clock, today, yesterday = shown % DAY, date_of(shown), date_of(shown - DAY)
    begun_today = begins_on(rule, today) and rule.start <= clock < rule.end
    return begun_today or (begins_on(rule, yesterday) and clock + DAY < rule.end)


class Clock:
    """The clock on the wall of somebody at home and on journeys, in every minute of a window."""

    def __init__(self, home: str, journeys: Sequence[Journey], window: Span) -> None:
        self.home, self.window = home, window
        self.stays = lived(journeys)
        days = range((window.start - AROUND) // DAY, (window.end + AROUND) // DAY + 1)
        self.first = days[0] * DAY
        self.shown = array("i")
        for day in days:
            self.shown.extend(walls(home, day))
        for away, zone in self.stays:
            for minute in range(max(away.start, self.first), min(away.stop, self.first + len(self.shown))):
                self.shown[minute - self.first] = shown(minute, zone)

    def day(self, minute: int) -> date:
        """The local day of any minute at all."""
        if self.first <= minute < self.first + len(self.shown):
            return date_of(self.shown[minute - self.first])
        zone = next((zone for away, zone in self.stays if minute in away), self.home)
        return date_of(wall(minute, zoneinfo.ZoneInfo(zone)))

    @cached_property
    def in_window(self) -> list[tuple[int, int]]:
        """Each minute of the window with what is shown then."""
        start, end = self.window.start - self.first, self.window.end - self.first
        return list(enumerate(self.shown[start:end], self.window.start))

    @cached_property
    def days(self) -> list[date]:
        """Local days on which a rule may begin that matters in the window."""
        shown = [wall_time for _, wall_time in self.in_window]
        return [date_of(at * DAY) for at in range(min(shown) // DAY - 3, max(shown) // DAY + 3)]

    @cached_property
    def firsts(self) -> dict[int, int]:
        """The first minute at which each wall time is shown."""
        last = self.first + len(self.shown) - 1
        return dict(zip(reversed(self.shown), range(last, self.first - 1, -1), strict=True))

    @cached_property
    def jumps(self) -> list[tuple[int, int, int]]:
        """Minutes after which the clock is put forward, with what is shown before and after."""
        return [(m, a, b) for m, (a, b) in enumerate(pairwise(self.shown), self.first) if b > a + 1]

    def reading(self, wall_time: int) -> int:
        """RFC 5545, 3.3.5: a repeated wall time is its first, a skipped one has the offset from before the gap."""
        if wall_time in self.firsts:
            return self.firsts[wall_time]
        return next(minute + wall_time - before for minute, before, after in self.jumps if before < wall_time < after)

    def occurrences(self, rules: Iterable[Rule]) -> Iterator[range]:
        """Wall times of the rules; each belongs to its start day and may end on the next."""
        for rule in rules:
            for day in self.days:
                if begins_on(rule, day):
                    midnight = number_of(day) * DAY
                    yield range(midnight + rule.start, midnight + rule.end)

    def members(self, rules: Iterable[Rule]) -> set[int]:
        """Minutes of the window whose wall time lies in a rule."""
        named: set[int] = set()
        named.update(*self.occurrences(rules))
        return {minute for minute, wall_time in self.in_window if wall_time in named}

    def between_ends(self, rules: Iterable[Rule]) -> set[int]:
        """Minutes of the window between the instants that the ends of an occurrence are read as."""
        found: set[int] = set()
        for at in self.occurrences(rules):
            start, end = self.reading(at.start), self.reading(at.stop)
            found.update(range(max(start, self.window.start), min(end, self.window.end)))
        return found

    def blocked(self, rules: Sequence[Rule]) -> set[int]:
        """When in doubt, block."""
        return self.members(rules) | self.between_ends(rules)


@lru_cache(maxsize=64)
def clock_of(home: str, journeys: tuple[Journey, ...], window: Span) -> Clock:
    return Clock(home, journeys, window)


def may_meet(person: Person, clock: Clock) -> set[int]:
    """Inside availability, outside hard boundaries and public holidays; for some, outside all that costs."""
    limits = [b.rule for b in person.boundaries if b.strength == "hard" or not person.rotates]
    limits += [of_day(day) for day in person.holidays]
    found = clock.members(person.availability) - clock.blocked(limits)
    if person.good_hours and not person.rotates:
        found &= clock.members(person.good_hours)
    return found


def rates(person: Person, known: PersonObserved, clock: Clock) -> list[float]:
    """Points of each minute of the window: soft rules, unanswered invitations and distance to the good hours."""
    first, found = clock.window.start, [0.0] * clock.window.minutes
    for boundary in person.boundaries:
        if boundary.strength == "soft":
            for minute in clock.members((boundary.rule,)):
                found[minute - first] += boundary.points
    invited = [block.span for block in known.busy or () if not block.hard]
    for minute in {m for span in invited for m in range(span.start, span.end)}:
        if 0 <= minute - first < len(found):
            found[minute - first] += UNANSWERED
    if person.good_hours:
        for i, distance in enumerate(distances(clock.members(person.good_hours), clock.window)):
            quarters = -(-min(distance, FARTHEST) // 15)
            found[i] += (quarters / QUARTERS_PER_POINT) ** 2
    return found


def distances(good: set[int], window: Span) -> list[int]:
    """How many minutes each minute of the window is from the nearest good one."""
    found, far = [], FARTHEST
    for minute in range(window.start, window.end):
        far = 0 if minute in good else far + 1
        found.append(far)
    far = FARTHEST
    for i in reversed(range(len(found))):
        far = 0 if not found[i] else far + 1
        found[i] = min(found[i], far)
    return found


def week(day: date, starts: int) -> date:
    while day.weekday() != starts:
        day -= timedelta(days=1)
    return day


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
    """Answers for one relationship and the starts of one window. Lengths in the policy are whole minutes."""

    def __init__(self, relationship: Relationship, observed: Observed, window: Span) -> None:
        self.relationship, self.observed, self.window = relationship, observed, window
        self.duration = whole(relationship.policy.cadence.duration)
        self._open: dict[str, set[int]] = {}
        self._rates: dict[str, list[float]] = {}

    def clock(self, person: Person) -> Clock:
        """A person's, for as long around the meetings of the window as distances are looked at."""
        wide = Span(self.window.start - FARTHEST, self.window.end + self.duration + FARTHEST)
        return clock_of(person.zone, person.journeys, wide)

    def starts(self, avoided: Iterable[int] = ()) -> list[int]:
        """Every feasible start on the grid, in the order of time."""
        grid = whole(self.relationship.policy.grid)
        taken = tuple(avoided)
        return [
            start
            for start in range(self.window.start, self.window.end)
            if start % grid == 0
            and self.feasible(start)
            and all(abs(start - other) >= self.duration for other in taken)
        ]

    def feasible(self, start: int) -> bool:
        """Whether everybody could meet from this minute of the window on."""
        meeting = range(start, start + self.duration)
        ends = self.relationship.ends
        if self.relationship.paused or (ends is not None and ZERO + start * MINUTE >= ends):
            return False
        return self.paused.isdisjoint(meeting) and all(self.suits(p, start) for p in self.relationship.people)

    def suits(self, person: Person, start: int) -> bool:
        """Whether one person could."""
        buffers, known = self.relationship.policy.buffers, self.observed.people[person.id]
        return (
            known.busy is not None
            and self.open(person).issuperset(range(start, start + self.duration))
            and is_clear(known, start, start + self.duration, whole(buffers.before), whole(buffers.after))
            and self.has_room(person, start)
        )

    def has_room(self, person: Person, start: int) -> bool:
        """Within the limits of the start's local day and week."""
        limits, meetings = self.relationship.policy.limits, self.observed.people[person.id].elsewhere
        if not meetings:
            return limits.per_day > 0 and limits.per_week > 0
        clock = self.clock(person)
        today = clock.day(start)
        days = [clock.day(other.span.start) for other in meetings]
        this_week = [day for day in days if week(day, person.week_starts) == week(today, person.week_starts)]
        return days.count(today) < limits.per_day and len(this_week) < limits.per_week

    def open(self, person: Person) -> set[int]:
        """Minutes that the person's own rules leave."""
        if person.id not in self._open:
            self._open[person.id] = may_meet(person, self.clock(person))
        return self._open[person.id]

    @cached_property
    def paused(self) -> set[int]:
        """Minutes in pauses of the relationship, on the mentor's days."""
        return self.clock(self.relationship.mentor).blocked(self.relationship.pauses)

    def cost(self, burden: Mapping[str, float], ledger: Ledger) -> float:
        """Everybody's points, and what the imbalance left by them weighs; a point of the ledger fades by half."""
        fade: float = 0.5 ** (max(0, self.window.start - ledger.as_of) / HALF_LIFE)
        after = [ledger.points.get(p.id, 0.0) * fade + burden[p.id] for p in self.relationship.people]
        imbalance = max(a - b for a in after for b in after)
        return sum(burden.values()) + self.relationship.policy.fairness * imbalance

    def burden(self, person: Person, start: int) -> float:
        """Points of a meeting from this minute on."""
        clock = self.clock(person)
        if person.id not in self._rates:
            self._rates[person.id] = rates(person, self.observed.people[person.id], clock)
        at = start - clock.window.start
        return sum(self._rates[person.id][at : at + self.duration], 0.0)
