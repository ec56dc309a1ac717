"""The work that every contender of the benchmark is given: people, calendars and pairs, drawn from a seed.

Eight weeks from 1 March 2027, so that clocks change in North America (14 March), Europe (28 March), Australia, New
Zealand and Chile (4 April) while the search looks. Everybody has

- availability on weekdays, or from Sunday to Thursday, in one piece or in two;
- three or four boundaries: a hard lunch, hard nights, a soft early or late hour, and often a hard school run;
- good hours inside of that, no holidays, and a zone from ``ZONES``;
- forty busy events a week of 15 to 90 minutes, at any minute, five in six of them in the working day, one in twenty
  an unanswered invitation;
- up to three meetings in other relationships, now and then two on one day, which then is full.

A pair's zones are at most six hours apart. A programme gives each mentor one to three mentees.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from agent.core.boundaries import Boundary, Strength
from agent.core.observation import Busy, Elsewhere, Observed, PersonObserved
from agent.core.people import Person
from agent.core.policy import Buffers, Cadence, Limits, Policy
from agent.core.relationships import Relationship
from agent.core.rules import EVERY_DAY, Rule
from agent.core.timespan import DAY, Span, floor_minute

SEED = 2027
WEEKS = 8
EVENTS_A_WEEK = 40
BEGINS = datetime(2027, 3, 1, tzinfo=UTC)
WINDOW = Span(floor_minute(BEGINS), floor_minute(BEGINS) + 7 * WEEKS * DAY)
"""Minutes in which a meeting may start."""

POLICY = Policy(
    cadence=Cadence(duration=timedelta(minutes=45)),
    grid=timedelta(minutes=15),
    buffers=Buffers(timedelta(minutes=5), timedelta(minutes=10)),
    limits=Limits(per_day=2, per_week=5),
    horizon=timedelta(weeks=WEEKS),
)

ZONES = {
    "America/Los_Angeles": -8,
    "America/Denver": -7,
    "America/Mexico_City": -6,
    "America/Chicago": -6,
    "America/New_York": -5,
    "America/Bogota": -5,
    "America/Santiago": -3,
    "America/Sao_Paulo": -3,
    "Europe/Lisbon": 0,
    "Europe/London": 0,
    "Africa/Lagos": 1,
    "Europe/Berlin": 1,
    "Europe/Warsaw": 1,
    "Africa/Johannesburg": 2,
    "Europe/Athens": 2,
    "Africa/Nairobi": 3,
    "Asia/Riyadh": 3,
    "Asia/Dubai": 4,
    "Asia/Karachi": 5,
    "Asia/Kolkata": 5,
    "Asia/Kathmandu": 5,
    "Asia/Singapore": 8,
    "Asia/Manila": 8,
    "Asia/Tokyo": 9,
    "Australia/Adelaide": 9,
    "Australia/Sydney": 10,
    "Pacific/Auckland": 12,
}
"""Where people live, with whole hours east of Greenwich: near enough to say who lives near whom."""

APART = 6
WEEKDAYS = frozenset(range(5))
SUNDAY_TO_THURSDAY = frozenset({6, 0, 1, 2, 3})


@dataclass(frozen=True)
class Work:
    """One relationship and what is known of its people."""

    relationship: Relationship
    observed: Observed


def _clock(hours: float) -> int:
    return round(hours * 60)


def _rule(days: frozenset[int], start: float, end: float) -> Rule:
    return Rule(days, _clock(start), _clock(end))


def someone(name: str, zone: str, draw: Random) -> Person:
    """Somebody with a working week, boundaries and good hours."""
    days = SUNDAY_TO_THURSDAY if zone == "Asia/Riyadh" or draw.random() < 0.05 else WEEKDAYS
    opens, closes = draw.choice((7, 7.5, 8)), draw.choice((18, 19, 20.5))
    halves = (_rule(days, opens, 13), _rule(days, 13.75, closes)) if draw.random() < 0.3 else None
    lunch = draw.choice((12, 12.25, 12.5))
    boundaries = [
        Boundary(_rule(days, lunch, lunch + 0.75)),
        Boundary(_rule(EVERY_DAY, 21.5, 30.5)),
        Boundary(_rule(days, opens, opens + 1), Strength.SOFT, draw.choice((0.5, 1.0)))
        if draw.random() < 0.5
        else Boundary(_rule(days, 17, closes), Strength.SOFT, draw.choice((0.25, 1.0))),
    ]
    if draw.random() < 0.5:
        boundaries.append(Boundary(_rule(days - {2}, 15 + 1 / 6, 15 + 5 / 6)))
    return Person(
        name,
        f"Example {name}",
        f"{name}@programme.example",
        zone,
        availability=halves or (_rule(days, opens, closes),),
        boundaries=tuple(boundaries),
        good_hours=(_rule(days, draw.choice((8.5, 9, 10)), draw.choice((16, 17, 17.5))),),
    )


def calendar(person: Person, draw: Random, others: int) -> PersonObserved:
    """Their busy events, and so many meetings in other relationships."""
    east = ZONES[person.zone] * 60
    busy = []
    for week in range(WEEKS):
        for _ in range(EVENTS_A_WEEK):
            at_work = draw.random() < 5 / 6
            day, minute = (
                (draw.randrange(5), draw.randrange(480, 1080)) if at_work else divmod(draw.randrange(10080), DAY)
            )
            start = WINDOW.start + (week * 7 + day) * DAY + minute - east
            busy.append(Busy(Span(start, start + draw.randrange(15, 91)), draw.random() >= 0.05))
    return PersonObserved(tuple(busy), tuple(_others(others, east, draw)))


def _others(count: int, east: int, draw: Random) -> Iterator[Elsewhere]:
    same_day = draw.random() < 0.25
    day = draw.randrange(7 * WEEKS)
    for n in range(count):
        if not (same_day and n < 2):
            day = draw.randrange(7 * WEEKS)
        start = WINDOW.start + day * DAY + draw.randrange(32, 72) * 15 - east
        yield Elsewhere(Span(start, start + 45), 5, 10)


def near(zone: str, draw: Random) -> str:
    """A zone at most six hours from another."""
    east = ZONES[zone]
    return draw.choice([name for name, hours in ZONES.items() if abs(hours - east) <= APART])


def circle(name: str, mentees: int, seed: int = SEED) -> Work:
    """A relationship of a mentor in Lisbon and so many mentees, all of them its own."""
    draw = Random(f"{seed}/{name}")
    mentor = someone(f"{name}-mentor", "Europe/Lisbon", draw)
    others = tuple(someone(f"{name}-mentee-{n}", near("Europe/Lisbon", draw), draw) for n in range(mentees))
    known = {p.id: calendar(p, draw, draw.randrange(4)) for p in (mentor, *others)}
    return Work(Relationship(name, mentor, others, POLICY), Observed(known))


def pairs(count: int, seed: int = SEED) -> Iterator[Work]:
    """Pairs of two people each that are in no other."""
    for n in range(count):
        draw = Random(f"{seed}/pair-{n}")
        zone = draw.choice(tuple(ZONES))
        mentor = someone(f"mentor-{n}", zone, draw)
        mentee = someone(f"mentee-{n}", near(zone, draw), draw)
        known = {p.id: calendar(p, draw, draw.randrange(4)) for p in (mentor, mentee)}
        yield Work(Relationship(f"pair-{n}", mentor, (mentee,), POLICY), Observed(known))


def programme(count: int, seed: int = SEED) -> Iterator[list[Work]]:
    """So many pairs, one mentor's at a time: a mentor has one to three, and the same calendar in each."""
    made = mentors = 0
    while made < count:
        draw = Random(f"{seed}/programme-{mentors}")
        zone = draw.choice(tuple(ZONES))
        mentor = someone(f"mentor-{mentors}", zone, draw)
        theirs = calendar(mentor, draw, draw.randrange(4))
        family = []
        for _ in range(min(draw.randrange(1, 4), count - made)):
            mentee = someone(f"mentee-{made}", near(zone, draw), draw)
            known = Observed({mentor.id: theirs, mentee.id: calendar(mentee, draw, draw.randrange(2))})
            family.append(Work(Relationship(f"pair-{made}", mentor, (mentee,), POLICY), known))
            made += 1
        mentors += 1
        yield family
