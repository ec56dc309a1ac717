"""Random weeks of random people, each from a seed and its number; in half of them somebody's clock is changed.

Weeks of one block share their place in time and the zones they are lived in, so that the oracle has to ask what a
clock shows only once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TypeVar
from zoneinfo import available_timezones

from agent.core.boundaries import Boundary, Strength
from agent.core.observation import Busy, Elsewhere, Observed, PersonObserved
from agent.core.people import Person
from agent.core.policy import Buffers, Cadence, Limits, Policy
from agent.core.recurrence import Frequency, Pattern
from agent.core.recurrence import Limits as Parts
from agent.core.relationships import Ledger, Relationship
from agent.core.rules import EVERY_DAY, Dates, Recurrence, Rule, Weeks
from agent.core.timespan import DAY, Span, floor_minute
from agent.core.whereabouts import Journey
from tests.core.transitions import TRANSITIONS
from tests.core.worlds import World

T = TypeVar("T")

BLOCK = 100
"""Weeks with the same place in time."""

WEEK = 7 * DAY
EVERYWHERE = tuple(sorted(available_timezones()))
POINTS = (0.25, 0.5, 1.0, 2.0, 3.5)
"""Sums of these are exact, so that burdens can be compared to the last bit."""


class Dice(Random):
    """What chance decides, in the words of those who ask."""

    def once_in(self, times: int) -> bool:
        return self.randrange(times) == 0

    def few(self, most: int, make: Callable[[], T]) -> tuple[T, ...]:
        return tuple(make() for _ in range(self.randint(0, most)))

    def some(self, first: int, last: int, most: int) -> frozenset[int]:
        return frozenset(self.randint(first, last) for _ in range(self.randint(1, most)))

    def day(self, near: date, before: int, after: int) -> date:
        return near + timedelta(days=self.randint(-before, after))

    def minutes(self, *choices: int) -> timedelta:
        return timedelta(minutes=self.choice(choices))


class Week:
    """One seven-day search and everything it is asked about."""

    def __init__(self, seed: int, number: int) -> None:
        place = Dice(f"{seed}/{number // BLOCK}")
        change = place.choice(TRANSITIONS)
        self.near = change.near() if place.once_in(2) else date(2024, 1, 1) + timedelta(days=place.randrange(2500))
        self.zones = (change.zone, place.choice(TRANSITIONS).zone, place.choice(EVERYWHERE))
        self.dice = Dice(f"{seed}:{number}")
        noon = floor_minute(datetime(self.near.year, self.near.month, self.near.day, 12, tzinfo=UTC))
        start = noon - 3 * DAY - place.randrange(DAY)
        self.window = Span(start, start + WEEK)

    def world(self) -> World:
        """A pair, now and then a circle of three."""
        dice = self.dice
        people = tuple(self.person(f"person-{n}") for n in range(3 if dice.once_in(12) else 2))
        relationship = Relationship(
            "pair-1",
            people[0],
            people[1:],
            self.policy(),
            ends=self.moment() if dice.once_in(20) else None,
            pauses=dice.few(1, self.rule) if dice.once_in(8) else (),
            paused=dice.once_in(200),
        )
        points = {p.id: dice.randrange(400) / 4 for p in people}
        ledger = Ledger(points, self.window.start - DAY)
        known = Observed({p.id: self.known() for p in people})
        avoided = tuple(floor_minute(self.moment()) for _ in range(dice.choice((0, 0, 1, 2))))
        return World(relationship, known, self.window, ledger, avoided)

    def moment(self) -> datetime:
        """Some instant of the week, on a half minute."""
        minute = self.dice.randrange(self.window.start, self.window.end)
        return datetime.fromtimestamp(minute * 60 + 30, UTC)

    def policy(self) -> Policy:
        dice = self.dice
        return Policy(
            cadence=Cadence(duration=dice.minutes(15, 25, 45, 50, 90)),
            grid=dice.minutes(10, 15, 15, 30, 60),
            buffers=Buffers(dice.minutes(0, 5, 7), dice.minutes(0, 10, 31)),
            limits=Limits(dice.randint(1, 3), dice.randint(2, 6)),
            fairness=dice.choice((0.0, 0.5, 0.75)),
        )

    def person(self, name: str) -> Person:
        """Somebody with wide hours, some boundaries in them, and perhaps much else."""
        dice = self.dice
        return Person(
            name,
            name,
            f"{name}@northwind.example",
            dice.choice(self.zones),
            availability=(self.hours(), *dice.few(2, self.hours)),
            boundaries=dice.few(4, self.boundary),
            holidays=frozenset(dice.few(2, lambda: dice.day(self.near, 4, 4)) if dice.once_in(3) else ()),
            week_starts=dice.randrange(7),
            journeys=self.journeys() if dice.once_in(4) else (),
            good_hours=dice.few(2, self.hours) if dice.once_in(3) else (),
            rotates=not dice.once_in(6),
        )

    def journeys(self) -> tuple[Journey, ...]:
        """One or two in order, some of them back to back and around the world."""
        dice, found = self.dice, []
        first = dice.day(self.near, 4, 2)
        for _ in range(dice.randint(1, 2)):
            last = dice.day(first, 0, 3)
            found.append(Journey(first, last, dice.choice(self.zones)))
            first = last + timedelta(days=dice.randint(1, 3))
        return tuple(found)

    def clock(self) -> int:
        """A time of day; many are in the hours in which clocks are changed."""
        dice = self.dice
        return dice.choice(
            (dice.randrange(DAY), dice.randrange(240), dice.randrange(24) * 60, dice.randrange(DAY - 90, DAY))
        )

    def weekdays(self) -> frozenset[int]:
        return self.dice.choice((EVERY_DAY, EVERY_DAY, frozenset(range(5)), self.dice.some(0, 6, 4)))

    def hours(self) -> Rule:
        start = self.dice.choice((self.clock(), 8 * 60, 9 * 60))
        return Rule(self.weekdays(), start, start + self.dice.randint(4, 24) * 60)

    def boundary(self) -> Boundary:
        dice = self.dice
        strength = dice.choice((Strength.HARD, Strength.SOFT))
        return Boundary(self.rule(), strength, dice.choice(POINTS))

    def rule(self) -> Rule:
        """Any rule at all."""
        dice, start = self.dice, self.clock()
        return Rule(
            self.weekdays(),
            start,
            start + dice.choice((dice.randint(1, 120), dice.randint(1, 300), dice.randint(1, DAY))),
            dice.few(2, self.dates) if dice.once_in(3) else (),
            Weeks(dice.randint(1, 3), dice.day(self.near, 30, 30)) if dice.once_in(4) else None,
            self.recurrence() if dice.once_in(4) else None,
        )

    def dates(self) -> Dates:
        dice = self.dice
        first = None if dice.once_in(4) else dice.day(self.near, 6, 3)
        return Dates(first, None if dice.once_in(4) else dice.day(first or self.near, 0, 4))

    def recurrence(self) -> Recurrence:
        """In the form of RFC 5545, begun up to fourteen months ago."""
        dice = self.dice
        frequency = dice.choice(tuple(Frequency))
        pattern = Pattern(frequency, dice.randint(1, 3), dice.randrange(7), self.parts(frequency))
        first = dice.day(self.near, dice.choice((10, 420)), 3)
        count = dice.randint(1, 60) if dice.once_in(4) else None
        last = dice.day(self.near, 3, 5) if count is None and dice.once_in(4) else None
        return Recurrence(pattern, first, count, last)

    def parts(self, frequency: Frequency) -> Parts:
        dice = self.dice
        days = frozenset((0, day) for day in dice.some(0, 6, 3))
        numbered = frozenset((dice.choice((1, 2, 3, 4, 5, -1, -2)), day) for day in dice.some(0, 6, 3))
        months, month_days = dice.some(1, 12, 8), dice.some(1, 31, 6) | dice.some(-31, -1, 4)
        choices = {
            Frequency.DAILY: (Parts(), Parts(day=days), Parts(month=months)),
            Frequency.WEEKLY: (Parts(), Parts(day=days), Parts(day=days, month=months)),
            Frequency.MONTHLY: (
                Parts(month_day=month_days),
                Parts(day=numbered),
                Parts(day=days, position=dice.some(1, 5, 2) | {-1}),
            ),
            Frequency.YEARLY: (
                Parts(month=months, month_day=month_days),
                Parts(month=months, day=numbered),
                Parts(year_day=dice.some(1, 366, 90) | dice.some(-366, -1, 90)),
                Parts(week=dice.some(1, 53, 30), day=days),
            ),
        }
        return dice.choice(choices[frequency])

    def known(self) -> PersonObserved:
        """Somebody's calendars: odd minutes, some of it soft, rarely unreadable."""
        dice = self.dice
        if dice.once_in(60):
            return PersonObserved(busy=None)
        return PersonObserved(dice.few(12, self.busy), dice.few(3, self.meeting))

    def busy(self) -> Busy:
        start = self.dice.randrange(self.window.start - DAY, self.window.end + DAY)
        return Busy(Span(start, start + self.dice.randint(1, 400)), not self.dice.once_in(4))

    def meeting(self) -> Elsewhere:
        dice = self.dice
        start = dice.randrange(self.window.start - WEEK, self.window.end + WEEK)
        return Elsewhere(Span(start, start + dice.randint(15, 90)), dice.randint(0, 45), dice.randint(0, 45))
