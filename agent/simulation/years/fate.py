"""Draws what people do, what providers do wrong and when the process dies, each from a generator of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from agent.simulation.years.casting import cast
from agent.simulation.years.chance import generator
from agent.simulation.years.history import WEEK, Act, Fault, History, Kill

DAY = 24 * 60
EPOCH = date(1970, 1, 1)
STARTS = (date(2027, 2, 1), date(2027, 3, 8), date(2027, 8, 30), date(2027, 9, 27), date(2027, 1, 4))
"""Mondays from which half a year, and mostly a few weeks too, holds a change to or from summer time."""

SLOW, LOOSE = 0.4, 0.3
"""Shares of calendars that show late what their owner did, and of those that take two events of one UID."""

ACTS = {
    "accept": 0.35,
    "tentative": 0.03,
    "decline": 0.06,
    "move": 0.06,
    "stretch": 0.02,
    "shorten": 0.02,
    "delete": 0.03,
    "cancel": 0.02,
    "over": 0.05,
    "appointment": 0.8,
    "ill": 0.02,
    "revoke": 0.02,
    "clear": 0.03,
    "twice": 0.02,
}
"""How often a person does each, a week."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How often each thing goes wrong: per person and week, and kills per relationship and week."""

    faults: dict[tuple[str, str], float]
    kills: float


NONE = Weather({}, 0.0)
LIGHT = Weather(
    {
        ("write", "lost-after"): 0.03,
        ("write", "lost-before"): 0.02,
        ("write", "down"): 0.03,
        ("read", "down"): 0.05,
        ("read", "limited"): 0.03,
        ("read", "garbled"): 0.02,
        ("token", "forgotten"): 0.05,
        ("mail", "lost-after"): 0.02,
        ("mail", "down"): 0.05,
    },
    0.01,
)
HEAVY = Weather(
    {
        ("write", "lost-after"): 0.3,
        ("write", "lost-before"): 0.15,
        ("write", "down"): 0.15,
        ("write", "limited"): 0.15,
        ("find", "down"): 0.1,
        ("find", "garbled"): 0.05,
        ("read", "down"): 0.2,
        ("read", "limited"): 0.1,
        ("read", "garbled"): 0.1,
        ("token", "forgotten"): 0.2,
        ("token", "down"): 0.1,
        ("mail", "lost-after"): 0.2,
        ("mail", "lost-before"): 0.1,
        ("mail", "down"): 0.3,
        ("mail", "limited"): 0.05,
        ("mail", "refused"): 0.005,
        ("any", "outage"): 0.04,
    },
    0.1,
)
WEATHERS = {"none": NONE, "light": LIGHT, "heavy": HEAVY}


def draw_history(seed: int, pairs: int, weeks: int, weather: Weather, policy: Mapping[str, object]) -> History:
    """Draw a whole history; the same arguments give the same one. Who takes part does not depend on how many do."""
    first = generator(seed, "start").choice(STARTS)
    start = (first - EPOCH).days * DAY
    roll = cast(seed, pairs, first, weeks)
    names = [each["id"] for each in roll["people"]]
    acts = [act for name in names for act in _acts(generator(seed, "acts", name), name, start, weeks)]
    faults = [each for name in names for each in _faults(generator(seed, "faults", name), name, start, weeks, weather)]
    history = History(
        seed=seed,
        start=start,
        weeks=weeks,
        policy=dict(policy),
        people=tuple(roll["people"]),
        pairs=tuple(roll["pairs"]),
        circles=tuple(roll["circles"]),
        habits={name: list(_habits(generator(seed, "habits", name))) for name in names},
        lag={name: _lag(generator(seed, "lag", name)) if weather.kills else 0 for name in names},
        loose=tuple(name for name in names if generator(seed, "loose", name).random() < LOOSE),
        acts=tuple(sorted(acts, key=lambda each: (each.at, each.person, each.kind))),
        faults=tuple(sorted(faults, key=lambda each: (each.at, each.person, each.on, each.kind))),
        kills=tuple(_kills(generator(seed, "kills"), pairs, start, weeks, weather)),
    )
    return history.settled()


def monday(history: History) -> date:
    """The day on which a history begins."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=history.start)).date()


def _habits(draw: Random) -> Iterator[list[int]]:
    for _ in range(draw.randrange(2, 9)):
        yield [draw.randrange(5), draw.randrange(8 * 4, 18 * 4) * 15, draw.choice((30, 60, 60, 90, 180))]


def _lag(draw: Random) -> int:
    return draw.choice((5, 20, 90)) if draw.random() < SLOW else 0


def _often(draw: Random, rate: float, start: int, weeks: int) -> Iterator[int]:
    """Minutes of something that happens so often a week."""
    if rate <= 0:
        return
    at = start + draw.expovariate(rate) * WEEK
    while at < start + weeks * WEEK:
        yield int(at)
        at += draw.expovariate(rate) * WEEK


def _acts(draw: Random, person: str, start: int, weeks: int) -> Iterator[Act]:
    for kind, rate in ACTS.items():
        for at in _often(draw, rate, start, weeks):
            yield Act(at, person, kind, _amount(draw, kind))


def _amount(draw: Random, kind: str) -> int:
    """Minutes: how far a meeting is moved, how far ahead an appointment is, how long somebody is ill or away."""
    if kind == "move":
        return draw.choice((-1, 1)) * draw.choice((30, 60, 120, DAY, 2 * DAY, 3 * DAY + 45, 7 * DAY))
    if kind == "appointment":
        return draw.randrange(60, 14 * DAY)
    if kind in {"ill", "revoke"}:
        return draw.choice((1, 2, 3, 5)) * DAY
    return draw.choice((15, 30))


def _faults(draw: Random, person: str, start: int, weeks: int, weather: Weather) -> Iterator[Fault]:
    for (on, kind), rate in weather.faults.items():
        for at in _often(draw, rate, start, weeks):
            amount = draw.choice((30, 240, DAY, 2 * DAY)) if kind == "outage" else draw.choice((1, 10, 60))
            yield Fault(at, person, on, kind, amount)


def _kills(draw: Random, pairs: int, start: int, weeks: int, weather: Weather) -> Iterator[Kill]:
    for at in _often(draw, weather.kills * pairs, start, weeks):
        down = draw.choice((0, 0, 0, 1, 10, 120)) if draw.random() < 0.98 else draw.choice((DAY, 3 * DAY))
        yield Kill(at, 1 + int(draw.expovariate(1 / 12)), down)
