"""An explanation as lines of plain text, eighty columns wide, by the clock of whoever reads it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from textwrap import wrap

from agent.cli.week_text import week
from agent.core.explain import HORIZON, Reason
from agent.core.explanation import Explanation
from agent.core.layers import Kind
from agent.core.relax import Change, Relaxation
from agent.core.timespan import floor_minute, instant
from agent.core.view import AVAILABILITY, BOUNDARY, GOOD_HOURS
from agent.core.zones import local

WIDTH = 80

MANY = 10
"""Hours of which nobody counts the minutes."""

OPERATOR = {
    Kind.UNAVAILABLE: "people's own hours and boundaries",
    Kind.HOLIDAYS: "public holidays",
    Kind.BUSY: "what is in calendars",
    Kind.BUFFERS: "the room kept free around that",
    Kind.MEETINGS: "other mentoring meetings",
    Kind.LIMITS: "the most meetings in a day or a week",
    Kind.PAUSE: "a break in the meetings",
    Kind.DECLINED: "times somebody does not want again",
    Kind.UNKNOWN: "a calendar that cannot be read",
    Kind.NOTICE: "notice: too little time is left",
    HORIZON: "the horizon: it is too far ahead",
}

PARTICIPANT = {
    AVAILABILITY: "your availability",
    GOOD_HOURS: "your good hours",
    f"own-{Kind.HOLIDAYS}": "public holidays where you are",
    f"own-{Kind.BUSY}": "what is in your calendar",
    f"own-{Kind.BUFFERS}": "the room kept free around that",
    f"own-{Kind.MEETINGS}": "your other mentoring meetings",
    f"own-{Kind.LIMITS}": "the most meetings you have in a day or a week",
    f"own-{Kind.UNKNOWN}": "your calendar, which cannot be read",
    Kind.PAUSE: "a break in your meetings",
    Kind.UNAVAILABLE: "everybody else",
    Kind.NOTICE: OPERATOR[Kind.NOTICE],
    HORIZON: OPERATOR[HORIZON],
}


def lines(relationship: str, viewer: str | None, explained: Explanation) -> Iterator[str]:
    """Give the whole explanation, to the operator or to one participant."""
    yield f"{relationship}, as {viewer} may see it" if viewer else relationship
    yield from _booked(explained)
    yield from _possible(explained)
    yield ""
    yield from _table(viewer, explained)
    yield ""
    yield from wrap(best(viewer, explained), WIDTH, subsequent_indent="  ")
    for other in explained.relaxations[1:]:
        yield from wrap(f"  otherwise: {change(viewer, other)}: {_more(other)}", WIDTH, subsequent_indent="    ")
    if explained.week is not None:
        yield ""
        yield from week(explained.week, explained.homes)


def _booked(explained: Explanation) -> Iterator[str]:
    """Say first what a reader must know before the rest: that there is a meeting."""
    if explained.booked is None:
        return
    start = explained.booked.starts_at
    said = f"A meeting is booked: {_moment(explained, start)} ({explained.where.zone_at(explained.booked.start)})."
    yield from wrap(f"{said} What follows is about other times for it, around when it is due.", WIDTH)


def _possible(explained: Explanation) -> Iterator[str]:
    if explained.within is not None:
        yield from wrap(
            "Nothing is booked that far ahead yet: these days come within the horizon on "
            f"{_moment(explained, explained.within)}. With --weeks they are looked at all the same.",
            WIDTH,
        )
        return
    if explained.window is None:
        yield "No start is possible: nothing is booked sooner than notice allows."
        return
    first, last = explained.window.starts_at, instant(explained.window.end - explained.step)
    zones = dict.fromkeys(explained.where.zone_at(floor_minute(moment)) for moment in (first, last))
    count, step = explained.candidates // explained.step, explained.step
    open_ = f"{explained.slots} of them open ({_hours(explained.open)})" if explained.slots else "none of them open"
    yield from wrap(
        f"Looked at from {_moment(explained, first)} to {_moment(explained, last)} ({', then '.join(zones)}): "
        f"{_count(count, 'possible start')}, one every {_count(step, 'minute')}, {open_}.",
        WIDTH,
    )


def _moment(explained: Explanation, moment: datetime) -> str:
    """A moment by the reader's own clock, wherever they then are."""
    return f"{local(moment, explained.where.zone_at(floor_minute(moment))):%a %d %b %Y %H:%M}"


def _table(viewer: str | None, explained: Explanation) -> Iterator[str]:
    given, step = explained.reasons, explained.step
    yield f"{'what stands in the way':<48} {'rules out':>15} {'it alone':>15}"
    for reason in given:
        figures = [_starts(minutes // step) if reason.minutes else "" for minutes in (reason.minutes, reason.only)]
        yield f"{_layer(viewer, reason):<48} {figures[0]:>15} {figures[1]:>15}".rstrip()
    if not given:
        yield "nothing"
    if any(reason.kind == Kind.UNKNOWN for reason in given):
        yield "Unknown is not free; `attune doctor` says which calendar it is."


def _layer(viewer: str | None, reason: Reason) -> str:
    if viewer is None:
        return OPERATOR[reason.kind]
    return f"your {ordinal(reason.number)} boundary" if reason.kind == BOUNDARY else PARTICIPANT[reason.kind]


def best(viewer: str | None, explained: Explanation) -> str:
    """Say what one change would give the most."""
    if not explained.relaxations:
        return "No single change of these rules gives another start."
    first = explained.relaxations[0]
    return f"Best single change: {change(viewer, first)}: {_more(first)}"


def change(viewer: str | None, relaxed: Relaxation) -> str:
    """Name a change to whoever could make it."""
    whose = "your" if viewer else f"{relaxed.person}'s"
    return {
        Change.WINDOW: "a window one day longer at either end",
        Change.DURATION: f"meetings of {relaxed.value} minutes",
        Change.NOTICE: f"notice of {_length(relaxed.value)}",
        Change.HORIZON: f"a horizon of {_length(relaxed.value)}",
        Change.BOUNDARY: f"without {whose} {ordinal(relaxed.number)} boundary",
        Change.EARLIER: f"{whose} availability from an hour earlier",
        Change.LATER: f"{whose} availability for an hour longer",
    }[relaxed.change]


def ordinal(number: int) -> str:
    """Write a number as a place: 1st, 2nd, 3rd, 4th."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _more(relaxed: Relaxation) -> str:
    on = f", on {_count(relaxed.days, 'day')}" if relaxed.days else ""
    return f"{_starts(relaxed.slots)} more ({_hours(relaxed.minutes)}){on}"


def _starts(count: int) -> str:
    return _count(count, "start")


def _count(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} minutes"
    if hours >= MANY:
        return f"{'about ' if rest else ''}{hours} hours"
    return _count(hours, "hour") + (f" {rest} minutes" if rest else "")


def _length(minutes: int) -> str:
    for unit, size in (("week", 7 * 24 * 60), ("day", 24 * 60), ("hour", 60)):
        if minutes and minutes % size == 0:
            return _count(minutes // size, unit)
    return f"{minutes} minutes"
