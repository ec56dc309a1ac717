"""An explanation as lines of plain text, eighty columns wide."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from agent.core.explain import Reason
from agent.core.explanation import Explanation
from agent.core.layers import Kind
from agent.core.relax import Change, Relaxation
from agent.core.view import AVAILABILITY, BOUNDARY, GOOD_HOURS
from agent.core.weekmap import HOURS, WeekMap

SHADES = "·░▒▓█"
"""From never open to open on every day: they differ in how much ink there is, so that no colour is needed."""

PLAIN = ".-+*#"
"""The same where there are no such characters."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

WIDTH = 80

ROOM = 3
"""Zones that find room beside the first."""

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
    Kind.NOTICE: "notice: too little time is left",
}


def lines(relationship: str, viewer: str | None, explained: Explanation) -> Iterator[str]:
    """Give the whole explanation, to the operator or to one participant."""
    yield f"{relationship}, as {viewer} may see it" if viewer else relationship
    yield from _candidates(explained)
    yield ""
    yield from _table(viewer, explained.reasons)
    yield ""
    yield from wrap(best(viewer, explained), WIDTH, subsequent_indent="  ")
    for other in explained.relaxations[1:]:
        yield from wrap(f"  otherwise: {change(viewer, other)}: {_more(other)}", WIDTH, subsequent_indent="    ")
    if explained.week is not None:
        yield ""
        yield from week(explained.week)


def _candidates(explained: Explanation) -> Iterator[str]:
    if explained.window is None:
        yield "No start is possible: nothing is booked sooner than notice allows."
        return
    first, end = explained.window.starts_at, explained.window.ends_at
    yield f"Starts from {first:%a %d %b %Y %H:%M} to {end:%a %d %b %Y %H:%M} UTC:"
    open_ = f"{explained.open} of them open ({_starts(explained.slots)})" if explained.slots else "none of them open"
    yield f"{explained.candidates} candidate minutes, {open_}."


def _table(viewer: str | None, given: tuple[Reason, ...]) -> Iterator[str]:
    yield f"{'what stands in the way':<46} {'removes, min':>13} {'only it, min':>13}"
    for reason in given:
        yield f"{_layer(viewer, reason):<46} {reason.minutes:>13} {reason.only:>13}"
    if not given:
        yield "nothing"
    if any(reason.kind == Kind.UNKNOWN for reason in given):
        yield "Unknown is not free; `attune doctor` says which calendar it is."


def _layer(viewer: str | None, reason: Reason) -> str:
    if viewer is None:
        return OPERATOR[Kind(reason.kind)]
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
    return f"{relaxed.minutes} minutes more ({_starts(relaxed.slots)})"


def _starts(count: int) -> str:
    return f"{count} start" if count == 1 else f"{count} starts"


def _length(minutes: int) -> str:
    for unit, size in (("week", 7 * 24 * 60), ("day", 24 * 60), ("hour", 60)):
        if minutes and minutes % size == 0:
            return f"{minutes // size} {unit}" + ("" if minutes == size else "s")
    return f"{minutes} minutes"


def week(map_: WeekMap) -> Iterator[str]:
    """Draw a map: a line for each hour, with everybody's clocks before it."""
    beside = map_.beside[:ROOM]
    yield f"On how many days an hour is open, {map_.first} to {map_.last}, by the clock in"
    left = len(map_.beside) - len(beside)
    clocks = ", ".join(zone for zone in (map_.zone, *(other.zone for other in beside)))
    yield from wrap(clocks + (f" and {left} zones more" if left else ""), WIDTH)
    for zone, day in map_.changes:
        yield from wrap(f"Clocks in {zone} change on {day}; hours stand beside each other as in the middle.", WIDTH)
    yield " " * 7 * (len(beside) + 1) + " ".join(DAYS[day] for day in map_.weekdays)
    for hour, row in zip(HOURS, map_.cells, strict=True):
        margin = "".join(f"{clock:<7}" for clock in map_.clocks(hour)[: ROOM + 1])
        yield margin + " ".join(SHADES[cell.shade] * 3 for cell in row)
    yield "·░▒▓█ never, up to a quarter, a half, three quarters, all of the days"
