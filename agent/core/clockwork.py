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
from agent.core.timespan import Span, instant
from agent.core.whereabouts import Journey
from agent.core.zones import local

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MIDNIGHT = time()
EARLIEST = datetime.min.replace(tzinfo=UTC)

AHEAD = timedelta(hours=16)
"""No clock on Earth is, or ever was since there are zones, further ahead of UTC than this."""

AROUND = 3 * 24 * 60
"""Minutes within which a traveller's clock shows a time once more, if it ever does."""

NEAR = range(-3, 4)
"""Days around a minute on which a rule may start that lasts into it, by whichever reading."""


@lru_cache(maxsize=4096)
def ruled_out(person: Person, span: Span) -> tuple[int, ...]:
    """Minutes of a span that a person's own hours and limits rule out; remembered, as each effect asks again."""
    return tuple(minute for minute in range(span.start, span.end) if forbids(person, minute))


@lru_cache(maxsize=4096)
def off(person: Person, span: Span) -> tuple[int, ...]:
    """Minutes of a span that lie in one of the person's public holidays; remembered likewise."""
    return tuple(minute for minute in range(span.start, span.end) if on_holiday(person, minute))


def forbids(person: Person, minute: int) -> bool:
    """Whether a person's own hours and limits, public holidays aside, rule a minute out.

    Limits are the hard boundaries; for whoever cannot rotate, the soft ones and all but the good hours too.
    """
    shown = wall(person, minute)
    if not any(_on_the_clock(rule, shown) for rule in person.availability):
        return True
    limits = (b.rule for b in person.boundaries if b.strength is Strength.HARD or not person.rotates)
    if any(blocks(rule, person, minute) for rule in limits):
        return True
    choosy = bool(person.good_hours) and not person.rotates
    return choosy and not any(_on_the_clock(rule, shown) for rule in person.good_hours)


def on_holiday(person: Person, minute: int) -> bool:
    """Whether a minute lies in one of the person's public holidays."""
    today = wall(person, minute).date()
    near = (today + n * DAY for n in NEAR)
    return any(blocks(Rule(dates=(Dates(day, day),)), person, minute) for day in near if day in person.holidays)


def blocks(rule: Rule, person: Person, minute: int) -> bool:
    """Whether a hard rule blocks a minute: by the wall clock, or by the RFC 5545 reading of its two ends."""
    shown = wall(person, minute)
    if _on_the_clock(rule, shown):
        return True
    occurrences = _occurrences(rule, person.zone, person.journeys, shown.date())
    return any(begins <= minute < ends for begins, ends in occurrences)


def wall(person: Person, minute: int) -> datetime:
    """What the person's clock shows at a UTC minute, at home or where a journey has taken them."""
    return _shown(person.zone, person.journeys, minute)


@lru_cache(maxsize=4096)
def _shown(home: str, journeys: tuple[Journey, ...], minute: int) -> datetime:
    moment = instant(minute)
    for arrives, leaves, zone in _lived(journeys):
        if arrives <= moment < leaves:
            return local(moment, zone)
    return local(moment, home)


@lru_cache(maxsize=1024)
def _lived(journeys: tuple[Journey, ...]) -> tuple[tuple[datetime, datetime, str], ...]:
    """From when to when each journey is lived: on to the next one where that is on the day after, and never in two."""
    stays = [(journey, *_stay(journey)) for journey in journeys]
    real = [stay for stay in stays if stay[1] < stay[2]]
    found, free = [], EARLIEST
    for (journey, arrives, leaves), following in zip(real, (*real[1:], None), strict=False):
        until = leaves
        if following is not None and following[0].first - journey.last == DAY:
            until = max(leaves, following[1])
        found.append((max(arrives, free), until, journey.zone))
        free = max(free, until)
    return tuple(found)


@lru_cache(maxsize=1024)
def _stay(journey: Journey) -> tuple[datetime, datetime]:
    """First instant of the first local day in a zone, and the first after the last."""
    there = local(instant(0), journey.zone).tzinfo
    first, after = (
        datetime.combine(day, MIDNIGHT, there).astimezone(UTC) for day in (journey.first, journey.last + DAY)
    )
    return first, after


def _on_the_clock(rule: Rule, shown: datetime) -> bool:
    """Wall-clock membership; a rule may have begun the day before."""
    clock = shown.hour * 60 + shown.minute
    today = shown.date()
    return (rule.start <= clock < rule.end and rule.applies(today)) or (
        rule.start <= clock + 24 * 60 < rule.end and rule.applies(today - DAY)
    )


@lru_cache(maxsize=4096)
def _occurrences(rule: Rule, home: str, journeys: tuple[Journey, ...], today: date) -> tuple[tuple[int, int], ...]:
    """First minute of each occurrence that starts around a day and the first after it, by the reading of its ends."""
    days = (day for day in (today + n * DAY for n in NEAR) if rule.applies(day))
    return tuple((_reading(home, journeys, day, rule.start), _reading(home, journeys, day, rule.end)) for day in days)


@lru_cache(maxsize=4096)
def _reading(home: str, journeys: tuple[Journey, ...], day: date, clock: int) -> int:
    """Minute of a wall time: its first occurrence; a skipped one has the offset from before the gap (section 3.3.5).

    A datetime without fold is just that, for whoever is at home around then. A traveller's clock is also set at either
    end of a journey, so theirs is watched until it shows the time, or has passed it.
    """
    wanted = datetime.combine(day, MIDNIGHT, UTC) + clock * MINUTE
    low, high = wanted - AHEAD - MINUTE, wanted + AROUND * MINUTE
    if not any(arrives <= high and low <= leaves for arrives, leaves, _ in _lived(journeys)):
        return _minute(wanted.replace(tzinfo=local(wanted, home).tzinfo, fold=0))
    digits, skipped = _minute(wanted), None
    for minute in range(digits - _minute(instant(0) + AHEAD), digits + AROUND):
        shown = _face(home, journeys, minute)
        if shown == digits:
            return minute
        if shown > digits and skipped is None:
            skipped = digits - (_face(home, journeys, minute - 1) - (minute - 1))
    return digits if skipped is None else skipped


def _face(home: str, journeys: tuple[Journey, ...], minute: int) -> int:
    """The digits that a traveller's clock shows, counted as if they were UTC."""
    return _minute(_shown(home, journeys, minute).replace(tzinfo=UTC, fold=0))


def _minute(moment: datetime) -> int:
    return (moment - instant(0)) // MINUTE
