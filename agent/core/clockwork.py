"""What a person's rules say of one minute, read off their clock with aware datetimes.

This is the other half of ``check``, and like it shares nothing with the search: no sets of minutes, no segments of
constant offset. It is slow and plain on purpose.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from agent.core.boundaries import Strength
from agent.core.people import Person
from agent.core.rules import Dates, Rule
from agent.core.timespan import instant
from agent.core.whereabouts import Journey
from agent.core.zones import local

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MIDNIGHT = time()

AHEAD = timedelta(hours=16)
"""No clock on Earth is, or ever was since there are zones, further ahead of UTC than this."""

NEAR = range(-3, 4)
"""Days around a minute on which a rule may start that lasts into it, by whichever reading."""


def forbids(person: Person, minute: int) -> bool:
    """Whether a person's own hours and limits, public holidays aside, rule a minute out.

    Limits are the hard boundaries; for whoever cannot rotate, the soft ones and all but the good hours too.
    """
    if not any(_on_the_clock(rule, person, minute) for rule in person.availability):
        return True
    limits = (b.rule for b in person.boundaries if b.strength is Strength.HARD or not person.rotates)
    if any(blocks(rule, person, minute) for rule in limits):
        return True
    choosy = bool(person.good_hours) and not person.rotates
    return choosy and not any(_on_the_clock(rule, person, minute) for rule in person.good_hours)


def on_holiday(person: Person, minute: int) -> bool:
    """Whether a minute lies in one of the person's public holidays."""
    today = wall(person, instant(minute)).date()
    near = (today + n * DAY for n in NEAR)
    return any(blocks(Rule(dates=(Dates(day, day),)), person, minute) for day in near if day in person.holidays)


def blocks(rule: Rule, person: Person, minute: int) -> bool:
    """Whether a hard rule blocks a minute: by the wall clock, or by the RFC 5545 reading of its two ends."""
    return _on_the_clock(rule, person, minute) or _between_ends(rule, person, minute)


def wall(person: Person, moment: datetime) -> datetime:
    """What the person's clock shows at an aware instant, at home or where a journey has taken them."""
    return _shown(person.zone, person.journeys, moment)


def _shown(home: str, journeys: tuple[Journey, ...], moment: datetime) -> datetime:
    for journey in journeys:
        arrives, leaves = _stay(journey)
        if arrives <= moment < leaves:
            return local(moment, journey.zone)
    return local(moment, home)


@lru_cache(maxsize=1024)
def _stay(journey: Journey) -> tuple[datetime, datetime]:
    """First instant of the first local day in a zone, and the first after the last."""
    there = local(instant(0), journey.zone).tzinfo
    first, after = (
        datetime.combine(day, MIDNIGHT, there).astimezone(UTC) for day in (journey.first, journey.last + DAY)
    )
    return first, after


def _on_the_clock(rule: Rule, person: Person, minute: int) -> bool:
    """Wall-clock membership; a rule may have begun the day before."""
    shown = wall(person, instant(minute))
    clock = shown.hour * 60 + shown.minute
    today = shown.date()
    return (rule.start <= clock < rule.end and rule.applies(today)) or (
        rule.start <= clock + 24 * 60 < rule.end and rule.applies(today - DAY)
    )


def _between_ends(rule: Rule, person: Person, minute: int) -> bool:
    moment = instant(minute)
    today = wall(person, moment).date()
    return any(
        _reading(person.zone, person.journeys, day, rule.start)
        <= moment
        < _reading(person.zone, person.journeys, day, rule.end)
        for day in (today + n * DAY for n in NEAR)
        if rule.applies(day)
    )


@lru_cache(maxsize=4096)
def _reading(home: str, journeys: tuple[Journey, ...], day: date, clock: int) -> datetime:
    """Instant of a wall time: its first occurrence; a skipped one has the offset from before the gap (section 3.3.5).

    A datetime without fold is just that, for whoever stays at home. A traveller's clock is also set at either end of
    a journey, so theirs is watched until it shows the time, or has passed it.
    """
    wanted = datetime.combine(day, MIDNIGHT, UTC) + clock * MINUTE
    if not journeys:
        return wanted.replace(tzinfo=local(wanted, home).tzinfo, fold=0).astimezone(UTC)
    moment = wanted - AHEAD
    while (shown := _face(home, journeys, moment)) < wanted:
        moment += MINUTE
    if shown == wanted:
        return moment
    before = moment - MINUTE
    return wanted - (_face(home, journeys, before) - before)


def _face(home: str, journeys: tuple[Journey, ...], moment: datetime) -> datetime:
    """The digits that a traveller's clock shows, as if they were UTC."""
    return _shown(home, journeys, moment).replace(tzinfo=UTC, fold=0)
