"""Pairs of worlds that differ only in why somebody's partners are not free, and all that is shown to them in each.

    python -m tests.noninterference --pairs 10000

A random partner has some reasons: boundaries, busy time with its room, public holidays, limits reached, a journey, a
calendar that cannot be read, a decline. From the starts that are left a second partner is made who leaves the same ones
for other reasons, and carries other burdens. Such a pair counts where both worlds leave the same starts indeed, from
notice to horizon. What the viewer is shown in them is then compared byte by byte: text, JSON, picture and mail.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random

from agent.cli.explain import as_object
from agent.cli.explanation_text import lines
from agent.core.boundaries import Boundary, Strength
from agent.core.explanation import seen
from agent.core.grid import Grid
from agent.core.inquiry import Inquiry
from agent.core.layers import Shape, feasible_starts, start_mask
from agent.core.minutes import stretches
from agent.core.observation import Busy, Elsewhere, Observed, PersonObserved
from agent.core.people import Person
from agent.core.policy import Buffers, Cadence, Limits, Policy
from agent.core.relationships import Ledger, Relationship, State
from agent.core.rules import EVERY_DAY, Dates, Rule
from agent.core.slots import starts_window
from agent.core.timespan import DAY, Span, floor_minute
from agent.core.whereabouts import Journey
from agent.core.zones import local
from agent.mail import compose
from agent.mail.languages import language
from agent.mail.week import picture
from tests.mail import letters

ZONES = ("Europe/Lisbon", "Asia/Kolkata", "America/Sao_Paulo", "Australia/Lord_Howe", "America/New_York", "Asia/Tokyo")
VIEWER = "viewer"
STEP = 15
PIECE = 12 * 60
"""Minutes of a rule that is made from a stretch of time."""


@dataclass(frozen=True)
class World:
    """What somebody asks at one moment, and why their partners are not free."""

    inquiry: Inquiry
    why: tuple[str, ...]


@dataclass(frozen=True)
class Reached:
    """All possible starts of a world, and those that everybody but the viewer, and no decline, leaves."""

    grid: Grid
    open: int
    pause: int


def pairs(seed: int) -> Iterator[tuple[World, World]]:
    """Give pairs of worlds without end, alike in the starts that are left to the viewer."""
    random = Random(seed)
    while True:
        first = _world(random)
        second = _for_other_reasons(first, random)
        if second is not None and reached(first.inquiry) == reached(second.inquiry):
            yield first, second


def reached(inquiry: Inquiry) -> Reached:
    """Work out what the others leave, by the search itself."""
    relationship = inquiry.relationship
    spans = [starts_window(inquiry.now, relationship, inquiry.now, None), inquiry.window(relationship)]
    kept = [span for span in spans if span]
    grid = Grid.over(Span(min(s.start for s in kept), max(s.end for s in kept)), STEP) if kept else Grid(0, STEP, 0)
    shape, limits = Shape.of(relationship), relationship.policy.limits
    others = [
        start_mask(person, inquiry.observed.of(person.id), grid, shape, limits)
        for person in relationship.people
        if person.id != VIEWER
    ]
    left = feasible_starts(replace(relationship, pauses=()), others, grid, inquiry.state.avoided).open
    return Reached(grid, left, feasible_starts(relationship, (), grid, ()).open)


def shown(world: World) -> bytes:
    """Everything that the viewer is shown of a world."""
    view = world.inquiry.view(VIEWER)
    explained = seen(view)
    relationship = world.inquiry.relationship
    words = language(view.viewer.language)
    letter = letters.letter(relationship, view.viewer, "cannot-find")
    mail = compose.compose_cannot_find(letters.RENDERER, letter, view, None)
    return b"\n".join(
        (
            "\n".join(lines(relationship.id, VIEWER, explained)).encode(),
            json.dumps(as_object(relationship.id, VIEWER, explained)).encode(),
            picture(explained.week, words).encode() if explained.week else b"",
            mail.as_bytes(),
        )
    )


def _world(random: Random) -> World:
    """Somebody, their partner or partners, and a question about the next days or about the next meeting."""
    now = datetime(2027, 1, 4, tzinfo=UTC) + timedelta(minutes=random.randrange(360 * DAY))
    length = timedelta(minutes=random.choice((25, 45, 60)))
    policy = Policy(
        Cadence(timedelta(weeks=1), timedelta(days=random.randint(1, 3)), length),
        notice=timedelta(hours=random.choice((2, 24))),
        horizon=timedelta(days=random.randint(5, 14)),
        buffers=Buffers(timedelta(minutes=random.choice((0, 5))), timedelta(minutes=random.choice((0, 10)))),
        limits=Limits(random.choice((1, 2, 9)), 9),
    )
    start = floor_minute(now)
    viewer, known, _ = somebody(random, VIEWER, start, random.randint(0, 3))
    whys: list[str] = []
    people, observed = [viewer], {VIEWER: known}
    for number in range(random.choice((1, 1, 1, 2))):
        person, known, why = somebody(random, f"partner-{number}", start, random.randint(1, 3))
        people.append(person)
        observed[person.id] = known
        whys += why
    random.shuffle(people)
    relationship = Relationship("pair-1", people[0], tuple(people[1:]), policy)
    if random.random() < 0.1:
        day = (now + timedelta(days=4)).date()
        relationship = replace(relationship, pauses=(Rule(dates=(Dates(day, day),)),))
    avoided: tuple[int, ...] = ()
    if random.random() < 0.3:
        avoided, whys = (start + random.randrange(10 * DAY) // STEP * STEP,), [*whys, "decline"]
    due = now + timedelta(days=random.randint(1, 10)) if random.random() < 0.6 else None
    state = State(avoided=avoided, ledger=_ledger(random, people, start))
    return World(Inquiry(relationship, Observed(observed), state, now, due), tuple(whys))


def _ledger(random: Random, people: list[Person], minute: int) -> Ledger:
    return Ledger({person.id: float(random.randrange(500)) for person in people}, minute)


def somebody(random: Random, name: str, start: int, count: int) -> tuple[Person, PersonObserved, list[str]]:
    """Somebody with wide hours and some reasons not to be free."""
    begin = random.randrange(0, 12) * 60
    plain = Person(
        name,
        f"Example {name}",
        f"{name}@northwind.example",
        random.choice(ZONES),
        availability=(Rule(EVERY_DAY, begin, begin + random.randint(6, 12) * 60),),
        week_starts=random.choice((0, 6)),
    )
    known, why = PersonObserved(), random.sample(list(REASONS), count)
    for each in why:
        plain, known = REASONS[each](random, plain, known, start)
    return plain, known, why


Made = tuple[Person, PersonObserved]


def _boundary(random: Random, person: Person, known: PersonObserved, _start: int) -> Made:
    rule = Rule(frozenset(random.sample(range(7), 4)), (at := random.randrange(DAY)), at + random.randint(30, 400))
    return replace(person, boundaries=(*person.boundaries, Boundary(rule))), known


def _busy(random: Random, person: Person, known: PersonObserved, start: int) -> Made:
    spans = (Span(at, at + random.randint(5, 600)) for at in (start + random.randrange(14 * DAY) for _ in range(9)))
    return person, replace(known, busy=(*(known.busy or ()), *(Busy(span, random.random() < 0.8) for span in spans)))


def _holiday(random: Random, person: Person, known: PersonObserved, start: int) -> Made:
    return replace(person, holidays=frozenset(_day(start + random.randrange(12 * DAY)) for _ in range(2))), known


def _limit(random: Random, person: Person, known: PersonObserved, start: int) -> Made:
    spans = (Span(at, at + 45) for at in (start + random.randrange(12 * DAY) for _ in range(4)))
    return person, replace(known, elsewhere=tuple(Elsewhere(span, 5, 10) for span in spans))


def _journey(random: Random, person: Person, known: PersonObserved, start: int) -> Made:
    first = _day(start + random.randrange(8 * DAY))
    return replace(person, journeys=(Journey(first, first + timedelta(days=3), random.choice(ZONES)),)), known


def _unreadable(random: Random, person: Person, known: PersonObserved, _start: int) -> Made:
    return person, replace(known, busy=None) if random.random() < 0.5 else known


def _unable(random: Random, person: Person, known: PersonObserved, _start: int) -> Made:
    """Somebody whose good hours, and what would only cost others, are hard, which nobody else is to see."""
    soft = Boundary(Rule(start=(at := random.randrange(DAY)), end=at + 200), Strength.SOFT, 2.0)
    return replace(person, rotates=False, boundaries=(*person.boundaries, soft)), known


REASONS: dict[str, Callable[[Random, Person, PersonObserved, int], Made]] = {
    "boundary": _boundary,
    "busy": _busy,
    "holiday": _holiday,
    "limit": _limit,
    "journey": _journey,
    "unreadable": _unreadable,
    "cannot rotate": _unable,
}


def _day(minute: int) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)).date()


def _for_other_reasons(world: World, random: Random) -> World | None:
    """The same world with partners who leave the same starts, each in a way of their own; None where that fails."""
    inquiry, found = world.inquiry, reached(world.inquiry)
    if not found.grid.count:
        return None
    relationship, shape = inquiry.relationship, Shape.of(inquiry.relationship)
    people, observed, whys = {}, {VIEWER: inquiry.observed.of(VIEWER)}, []
    for person in relationship.people:
        if person.id == VIEWER:
            people[person.id] = person
            continue
        way = random.choice(list(WAYS))
        made = WAYS[way](random, _blank(random, person), Left(found.grid, found.open, shape))
        if made is None:
            return None
        people[person.id], observed[person.id] = made
        whys.append(way)
    everyone = [people[person.id] for person in relationship.people]
    state = State(ledger=_ledger(random, everyone, floor_minute(inquiry.now)))
    other = replace(relationship, mentor=everyone[0], mentees=tuple(everyone[1:]))
    return World(replace(inquiry, relationship=other, observed=Observed(observed), state=state), tuple(whys))


def _blank(random: Random, person: Person) -> Person:
    """The same person to look at, always available, with burdens of another kind."""
    soft = Boundary(Rule(start=(at := random.randrange(DAY)), end=at + 300), Strength.SOFT, 3.0)
    return Person(
        person.id,
        person.name,
        person.email,
        person.zone,
        availability=(Rule(),),
        boundaries=(soft,),
        good_hours=(Rule(start=600, end=900),),
        week_starts=person.week_starts,
    )


@dataclass(frozen=True)
class Left:
    """Starts that are to be left open, and the meetings that start there."""

    grid: Grid
    open: int
    shape: Shape

    def closed(self, random: Random) -> Iterator[tuple[int, int]]:
        """For each stretch of closed starts some minutes (first, end) that hold these starts and no others."""
        for first, end in stretches(self.grid.all & ~self.open):
            low = self.grid.first + first * STEP - (random.randrange(STEP) if first else 3 * DAY)
            last = self.grid.first + end * STEP
            yield low, last - random.randrange(STEP) if end < self.grid.count else last + 3 * DAY


def _by_busy_time(random: Random, person: Person, left: Left) -> Made | None:
    spans = _between(random, left, left.shape.duration + left.shape.after - 1, left.shape.before)
    return None if spans is None else (person, PersonObserved(tuple(Busy(span) for span in spans)))


def _by_meetings(random: Random, person: Person, left: Left) -> Made | None:
    spans = _between(random, left, left.shape.duration + left.shape.after - 1, left.shape.before)
    return None if spans is None else (person, PersonObserved((), tuple(Elsewhere(span, 0, 0) for span in spans)))


def _by_boundaries(random: Random, person: Person, left: Left) -> Made | None:
    spans = _between(random, left, left.shape.duration - 1, 0)
    if spans is None:
        return None
    hard = tuple(Boundary(rule) for span in spans for rule in _dated(span, person.zone))
    return replace(person, boundaries=(*person.boundaries, *hard)), PersonObserved()


def _between(random: Random, left: Left, after: int, before: int) -> list[Span] | None:
    """What forbids each stretch of closed starts, reaching so far beyond itself; None where one is too short."""
    found = [(low + after, high - before) for low, high in left.closed(random)]
    return [Span(*ends) for ends in found] if all(start < end for start, end in found) else None


def _by_availability(random: Random, person: Person, left: Left) -> Made | None:
    spans = [
        Span(left.grid.first + first * STEP, left.grid.first + (end - 1) * STEP + left.shape.duration)
        for first, end in stretches(left.open)
    ]
    rules = [rule for span in spans for rule in _dated(span, person.zone)]
    random.shuffle(rules)
    return replace(person, availability=tuple(rules)), PersonObserved()


def _by_silence(_random: Random, person: Person, left: Left) -> Made | None:
    return None if left.open else (person, PersonObserved(busy=None))


WAYS: dict[str, Callable[[Random, Person, Left], Made | None]] = {
    "all busy": _by_busy_time,
    "all meetings": _by_meetings,
    "all boundaries": _by_boundaries,
    "all availability": _by_availability,
    "no calendar": _by_silence,
}


def _dated(span: Span, zone: str) -> Iterator[Rule]:
    """Rules for the wall time of a span, in pieces short enough to stay clear of most changes of clocks."""
    for at in range(span.start, span.end, PIECE):
        length = min(PIECE, span.end - at)
        wall = local(Span(at, at + 1).starts_at, zone)
        begin = wall.hour * 60 + wall.minute
        yield Rule(start=begin, end=begin + length, dates=(Dates(wall.date(), wall.date()),))


def main() -> int:
    """Compare so many pairs; give the exit code."""
    parser = argparse.ArgumentParser(description="Compare what a viewer is shown in pairs of worlds.")
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    alike, kinds = 0, Counter[str]()
    for first, second in islice(pairs(wanted.seed), wanted.pairs):
        same = shown(first) == shown(second)
        alike += same
        kinds.update({*first.why, *second.why})
        if not same:
            print(f"differs: {', '.join(first.why)} against {', '.join(second.why)}", file=sys.stderr)
    print(f"{alike:,} of {wanted.pairs:,} identical")
    print(", ".join(f"{kind} {count:,}" for kind, count in kinds.most_common()))
    return 0 if alike == wanted.pairs else 1


if __name__ == "__main__":
    sys.exit(main())
