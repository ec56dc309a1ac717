"""The map of the week in a terminal: a line for each hour, labelled, with a key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from textwrap import wrap

from agent.core.weekmap import WeekMap

SHADES = "·░▒▓█"
"""From never open to open on every day: they differ in how much ink there is, so that no colour is needed."""

PLAIN = ".-+*#"
"""The same where there are no such characters."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

WIDTH = 80

ROOM = 3
"""Zones that find room beside the first."""

COLUMN = 12
"""Characters of a clock and the space after it, so that the city stands above it."""


def week(map_: WeekMap, homes: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """Draw a map. ``homes`` are people and the zones they are at home in, for the operator."""
    yield f"When everybody could start, from {_day(map_.first)} to {_day(map_.last)}:"
    for said in _clocks(map_, homes):
        yield from wrap(said, WIDTH, subsequent_indent="  ")
    yield ""
    if not map_.ever:
        yield "There is no hour on any day in which everybody could start."
        return
    zones = (map_.zone, *(other.zone for other in map_.beside))[: ROOM + 1]
    yield _margin(tuple(_city(zone) for zone in zones)) + " ".join(DAYS[day] for day in map_.weekdays)
    for hour in map_.ever:
        yield _margin(map_.clocks(hour)[: ROOM + 1]) + " ".join(SHADES[cell.shade] * 3 for cell in map_.cells[hour])
    if len(map_.ever) < len(map_.cells):
        yield "In the hours left out there is never such a time."
    meanings = zip(SHADES, ("none", "up to a quarter", "a half", "three quarters", "more"), strict=True)
    yield "Key, of the days: " + "  ".join(f"{shade} {meaning}" for shade, meaning in meanings)


def _clocks(map_: WeekMap, homes: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """Say whose clocks stand in the margin, and when they are not right."""
    beside = ", ".join(other.zone for other in map_.beside)
    if map_.own:
        yield f"Your time: {map_.zone}." + (f" Others at home: {beside}." if beside else "")
    else:
        yield "Everybody's time at home, journeys left out: " + ", ".join(f"{who} {zone}" for who, zone in homes) + "."
    for away in map_.absences:
        beside_it = "; no other clock stands beside that" if beside else ""
        yield (
            f"From {_day(away.first)} to {_day(away.last)} you are in {away.zone}, "
            f"and hours are those of your clock there{beside_it}."
        )
    if beside and map_.changes and map_.ever:
        changes = " and ".join(f"in {zone} on {_day(day)}" for zone, day in map_.changes)
        yield f"Clocks change {changes}; hours stand beside each other as in the middle of the map."
    left = len(map_.beside) - ROOM
    if left > 0:
        yield f"{left} more {'zone finds' if left == 1 else 'zones find'} no room below."


def _margin(cells: tuple[str, ...]) -> str:
    return "".join(f"{cell[: COLUMN - 1]:<{COLUMN}}" for cell in cells)


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def _day(day: date) -> str:
    return f"{day:%a %d %b %Y}"
