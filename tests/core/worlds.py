"""Random people, policies and calendars around days on which clocks somewhere are changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

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
from tests.core.transitions import TRANSITIONS, UNCHANGED

CHANGES = tuple((transition.zone, transition.near()) for transition in TRANSITIONS)
ZONES = tuple(sorted({*UNCHANGED, *(zone for zone, _ in CHANGES)}))

POINTS = st.sampled_from((0.25, 0.5, 1.0, 2.0, 3.5))
"""Sums of these are exact, so that burdens can be compared to the last bit."""

RARELY = st.sampled_from((*(False,) * 15, True))
SOMETIMES = st.sampled_from((False, False, False, True))


@dataclass(frozen=True)
class World:
    """Everything that one search is asked about."""

    relationship: Relationship
    observed: Observed
    window: Span
    ledger: Ledger
    avoided: tuple[int, ...]


def some(*choices: int) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(st.sampled_from(choices), min_size=1, max_size=3)


DAYS = st.frozensets(st.tuples(st.just(0), st.integers(0, 6)), min_size=1, max_size=3)
NUMBERED = st.frozensets(st.tuples(st.sampled_from((1, 2, 3, 4, 5, -1, -2)), st.integers(0, 6)), min_size=1, max_size=2)
PARTS = {
    Frequency.DAILY: st.just(Parts()) | st.builds(Parts, day=DAYS),
    Frequency.WEEKLY: st.just(Parts()) | st.builds(Parts, day=DAYS),
    Frequency.MONTHLY: st.builds(Parts, month_day=some(1, 15, 28, 29, 30, 31, -1, -3))
    | st.builds(Parts, day=NUMBERED)
    | st.builds(Parts, day=DAYS, position=some(1, 2, 3, -1)),
    Frequency.YEARLY: st.builds(Parts, month=some(*range(1, 13)), month_day=some(1, 14, 28, 30, 31, -1, -2))
    | st.builds(Parts, month=some(*range(1, 13)), day=NUMBERED)
    | st.builds(Parts, year_day=st.frozensets(st.integers(1, 366) | st.integers(-366, -1), min_size=1, max_size=40))
    | st.builds(Parts, week=st.frozensets(st.integers(1, 53), min_size=1, max_size=20), day=DAYS),
}


@st.composite
def recurrences(draw: st.DrawFn, near: date) -> Recurrence:
    """Some days of a rule in the form of RFC 5545, begun up to fourteen months ago."""
    frequency = draw(st.sampled_from(Frequency))
    pattern = Pattern(frequency, draw(st.integers(1, 3)), draw(st.integers(0, 6)), draw(PARTS[frequency]))
    first = near - timedelta(days=draw(st.integers(-3, 14) | st.integers(0, 420)))
    ends = draw(st.sampled_from(("never", "never", "count", "last")))
    count = draw(st.integers(1, 60)) if ends == "count" else None
    last = near + timedelta(days=draw(st.integers(-3, 5))) if ends == "last" else None
    return Recurrence(pattern, first, count, last)


@st.composite
def rules(draw: st.DrawFn, near: date) -> Rule:
    """Any rule up to a day long, some in stretches or weeks; many begin in the hours in which clocks are changed."""
    weekdays = draw(st.frozensets(st.integers(0, 6), min_size=1) | st.just(EVERY_DAY))
    start = draw(st.integers(0, DAY - 1) | st.integers(0, 240))
    length = draw(st.integers(1, 120) | st.integers(1, 300) | st.integers(1, DAY))
    days = st.integers(-3, 3).map(lambda n: near + timedelta(days=n))
    dates = draw(st.just(()) | st.lists(st.builds(Dates, st.none() | days, st.none() | days), max_size=2).map(tuple))
    weeks = draw(st.none() | st.none() | st.builds(Weeks, st.integers(1, 3), days))
    recurrence = draw(st.none() | st.none() | recurrences(near))
    return Rule(weekdays, start, start + length, dates, weeks, recurrence)


@st.composite
def hours(draw: st.DrawFn, near: date) -> Rule:
    """Wide hours, most often on every day, many of them past midnight."""
    weekdays = draw(st.just(EVERY_DAY) | st.just(EVERY_DAY - {near.weekday()}))
    start = draw(st.integers(0, 23)) * 60 + draw(st.sampled_from((0, 0, 30, 47)))
    return Rule(weekdays, start, start + draw(st.integers(8, 24)) * 60)


@st.composite
def journeys(draw: st.DrawFn, near: date) -> tuple[Journey, ...]:
    """Up to two journeys in order, some of them back to back and around the world."""
    found: list[Journey] = []
    first = near + timedelta(days=draw(st.integers(-2, 1)))
    for zone in draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=2)):
        last = first + timedelta(days=draw(st.integers(0, 2)))
        found.append(Journey(first, last, zone))
        first = last + timedelta(days=draw(st.integers(1, 2)))
    return tuple(found)


@st.composite
def people(draw: st.DrawFn, name: str, zone: str, near: date) -> Person:
    """Somebody with wide hours and some boundaries in them."""
    kinds = st.sampled_from((Strength.HARD, Strength.SOFT, Strength.SOFT))
    boundaries = st.lists(st.builds(Boundary, rules(near), kinds, POINTS), max_size=3)
    return Person(
        name,
        name,
        f"{name}@northwind.example",
        zone,
        availability=tuple(draw(st.lists(hours(near), min_size=1, max_size=2))),
        boundaries=tuple(draw(boundaries)),
        holidays=frozenset({near} if draw(RARELY) else ()),
        week_starts=draw(st.integers(0, 6)),
        journeys=draw(journeys(near)) if draw(SOMETIMES) else (),
        good_hours=tuple(draw(st.lists(hours(near) | rules(near), max_size=2))) if draw(SOMETIMES) else (),
        rotates=not draw(SOMETIMES),
    )


@st.composite
def known(draw: st.DrawFn, window: Span) -> PersonObserved:
    """Somebody's calendars: odd minutes, some of it soft, rarely unreadable."""
    near = st.integers(window.start - 2 * DAY, window.end + 2 * DAY)
    spans = st.builds(lambda start, length: Span(start, start + length), near, st.integers(1, 300))
    far = st.integers(window.start, window.end) | st.integers(window.start - 7 * DAY, window.end + 7 * DAY)
    rooms = st.integers(0, 45)
    meetings = st.builds(lambda s, n, b, a: Elsewhere(Span(s, s + n), b, a), far, st.integers(15, 90), rooms, rooms)
    if draw(RARELY) and draw(st.booleans()):
        return PersonObserved(busy=None)
    busy = draw(st.lists(st.builds(Busy, spans, st.sampled_from((True, True, False))), max_size=3))
    return PersonObserved(tuple(busy), tuple(draw(st.lists(meetings, max_size=3))))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Only what a search reads is varied."""

    def minutes(*choices: int) -> timedelta:
        return timedelta(minutes=draw(st.sampled_from(choices)))

    return Policy(
        cadence=Cadence(duration=minutes(15, 25, 45, 50, 90)),
        grid=minutes(5, 15, 30),
        buffers=Buffers(minutes(0, 5, 7), minutes(0, 10, 31)),
        limits=Limits(draw(st.integers(1, 3)), draw(st.integers(2, 5))),
        fairness=draw(st.sampled_from((0.0, 0.5, 0.75))),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A pair or a circle of three, a search of up to two days, everything else at random."""
    zone, day = draw(st.sampled_from(CHANGES))
    near = day + timedelta(days=draw(st.integers(-1, 1)))
    midnight = floor_minute(datetime(near.year, near.month, near.day, tzinfo=UTC))
    start = midnight + draw(st.integers(-DAY, DAY))
    window = Span(start, start + draw(st.integers(60, 2 * DAY)))
    zones = [zone, *draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=1 + draw(RARELY)))]
    everyone = tuple(draw(people(f"person-{n}", z, near)) for n, z in enumerate(zones))
    moments = st.integers(window.start, window.end)
    relationship = Relationship(
        "pair-1",
        everyone[0],
        everyone[1:],
        draw(policies()),
        ends=draw(moments.map(lambda m: datetime.fromtimestamp(m * 60 + 30, UTC))) if draw(RARELY) else None,
        pauses=(draw(rules(near)) if draw(SOMETIMES) else Rule(dates=(Dates(near, near),)),) if draw(RARELY) else (),
        paused=draw(RARELY) and draw(RARELY),
    )
    points = {p.id: draw(st.integers(0, 400)) / 4 for p in everyone}
    return World(
        relationship,
        Observed({p.id: draw(known(window)) for p in everyone}),
        window,
        Ledger(points, window.start - draw(st.sampled_from((-DAY, DAY, 84 * DAY)))),
        tuple(draw(st.lists(moments, max_size=1))),
    )


@st.composite
def sleepers(draw: st.DrawFn, name: str, zone: str, near: date) -> Person:
    """Somebody who is nearly always free, with the edges of all rules in the hours in which clocks are changed."""
    edges = st.integers(0, 180) | st.integers(0, 12).map(lambda quarter: quarter * 15) | st.integers(22 * 60, DAY - 1)
    short = st.builds(lambda start, length: Rule(start=start, end=start + length), edges, st.integers(5, 90))
    long = st.builds(lambda start, length: Rule(start=start, end=start + length), edges, st.integers(DAY - 120, DAY))
    kinds = st.sampled_from((Strength.HARD, Strength.HARD, Strength.SOFT))
    plain = Person(name, name, f"{name}@northwind.example", zone, availability=(draw(long),))
    away = draw(journeys(near)) if draw(SOMETIMES) else ()
    limits = draw(st.lists(st.builds(Boundary, short, kinds, POINTS), max_size=2))
    good = tuple(draw(st.lists(long, max_size=1)))
    return replace(plain, boundaries=tuple(limits), journeys=away, good_hours=good, rotates=not draw(RARELY))


@st.composite
def nights(draw: st.DrawFn) -> World:
    """A pair with empty calendars over the night in which somebody's clock is changed."""
    zone, day = draw(st.sampled_from(CHANGES))
    noon = floor_minute(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    other = draw(st.just(zone) | st.sampled_from(ZONES))
    policy = Policy(Cadence(duration=timedelta(minutes=20)), grid=timedelta(minutes=5))
    relationship = Relationship("pair-1", draw(sleepers("a", zone, day)), (draw(sleepers("b", other, day)),), policy)
    free = Observed({"a": PersonObserved(), "b": PersonObserved()})
    return World(relationship, free, Span(noon - DAY, noon + DAY), Ledger(), ())
