"""Which starts the calendars of many people close: their intervals marked and summed in one array."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.accelerators.batch_weeks import ZoneGrid, whole_numbers
from agent.core.grid import Grid
from agent.core.layers import Shape, week_of
from agent.core.observation import Busy, Elsewhere, PersonObserved
from agent.core.people import Person
from agent.core.policy import Limits
from agent.core.timespan import DAY
from agent.core.zones import EPOCH_DAY

Known = tuple[Person, PersonObserved]

ROWS = 64
"""Calendars summed at a time: their sums fit a processor's cache."""


class Closed(NamedTuple):
    """Starts that a person's calendar closes, and starts that it makes cost something, as bits."""

    hard: int
    soft: int


def closed(
    people: Sequence[Known], zones: Mapping[str, ZoneGrid], grid: Grid, shape: Shape, limits: Limits
) -> Iterator[Closed]:
    """What the calendars of people do, all of which were read, with their other meetings and days off."""
    early, late = shape.duration + shape.after - 1, shape.before
    hard, soft = Tally(grid, early, late), Tally(grid, shape.duration - 1, 0)
    for first in range(0, len(people), ROWS):
        for person, known in people[first : first + ROWS]:
            _read(known.busy or (), hard, soft)
            for begin, end in _others(person, known.elsewhere, zones[person.zone], limits):
                hard.begins.append(begin + early)
                hard.ends.append(end - late)
            hard.turn()
            soft.turn()
        yield from map(Closed, hard.summed(), soft.summed())


def _read(busy: Iterable[Busy], hard: Tally, soft: Tally) -> None:
    """Go through a calendar once: to get at its values takes longer than all that is done with them."""
    begins, ends, soft_begins, soft_ends = hard.begins, hard.ends, soft.begins, soft.ends
    for block in busy:
        span = block.span
        if block.hard:
            begins.append(span.start)
            ends.append(span.end)
        else:
            soft_begins.append(span.start)
            soft_ends.append(span.end)


class Tally:
    """Intervals (minutes) of up to ``ROWS`` calendars, one after another, and the starts that each calendar closes.

    An interval closes starts from ``early`` minutes before it until ``late`` minutes after it. Memory is used again:
    to get it anew from the system for every few calendars takes as long as to sum them.
    """

    def __init__(self, grid: Grid, early: int, late: int) -> None:
        self._grid, self._early, self._late = grid, early, late
        self._sums = np.empty((ROWS, grid.count + 1), dtype=np.int32)
        self._flags = np.empty((ROWS, grid.count), dtype=bool)
        self.begins: list[int] = []
        self.ends: list[int] = []
        self._upto = [0]

    def turn(self) -> None:
        """Turn to the next calendar."""
        self._upto.append(len(self.begins))

    def summed(self) -> Iterator[int]:
        """Give the starts that each calendar closes, as bits, and begin anew."""
        rows = len(self._upto) - 1
        sums, flags = self._sums[:rows], self._flags[:rows]
        flat, one = sums.reshape(-1), np.int32(1)
        flat.fill(0)
        at = np.repeat(np.arange(rows) * sums.shape[1], np.diff(self._upto))
        np.add.at(flat, at + self._numbers(self.begins, -self._early), one)
        np.subtract.at(flat, at + self._numbers(self.ends, self._late), one)
        np.cumsum(flat, out=flat)
        np.not_equal(sums[:, :-1], 0, out=flags)
        self.begins.clear()
        self.ends.clear()
        self._upto = [0]
        return whole_numbers(flags)

    def _numbers(self, minutes: list[int], moved: int) -> NDArray[Any]:
        """How many starts are before each minute, moved by some."""
        packed = np.frombuffer(struct.pack(f"{len(minutes)}q", *minutes), np.int64)
        found = (packed + (moved + self._grid.step - 1 - self._grid.first)) // self._grid.step
        return found.clip(0, self._grid.count, out=found)


def _others(
    person: Person, elsewhere: Sequence[Elsewhere], zone: ZoneGrid, limits: Limits
) -> Iterator[tuple[int, int]]:
    """First and one past the last of minutes at which starts are too close to another meeting, or on a day off."""
    yield from _meetings(elsewhere, zone.shape)
    yield from _days(_full(person, elsewhere, limits, zone), zone, 0)
    yield from _days(_near(person.holidays, zone), zone, zone.shape.duration - 1)


def _meetings(elsewhere: Iterable[Elsewhere], shape: Shape) -> Iterator[tuple[int, int]]:
    """Between two meetings there is the larger of the first's room after and the second's before."""
    for other in elsewhere:
        early = shape.duration + max(shape.after, other.before) - 1
        yield other.span.start - early, other.span.end + max(other.after, shape.before)


def _full(person: Person, elsewhere: Sequence[Elsewhere], limits: Limits, zone: ZoneGrid) -> set[date]:
    if len(elsewhere) < min(limits.per_day, limits.per_week):
        return set()
    starts = ((other.span.start, zone.offset_at(other.span.start)) for other in elsewhere)
    days = [date.fromordinal((start + east) // DAY + EPOCH_DAY) for start, east in starts if east is not None]
    weeks = [week_of(day, person.week_starts) for day in days]
    full = {day for day in days if days.count(day) >= limits.per_day}
    return full.union(*(_week(week) for week in set(weeks) if weeks.count(week) >= limits.per_week))


def _week(first: date) -> set[date]:
    return {first + timedelta(days=n) for n in range(7)}


def _near(days: frozenset[date], zone: ZoneGrid) -> list[date]:
    if not days:
        return []
    first, last = zone.segments[0].span.starts_at.date(), zone.segments[-1].span.ends_at.date()
    return [day for day in days if first <= day <= last]


def _days(days: Iterable[date], zone: ZoneGrid, before: int) -> Iterator[tuple[int, int]]:
    """Minutes on local days, from so many minutes before each of their stretches on."""
    for day in days:
        midnight = (day.toordinal() - EPOCH_DAY) * DAY
        for segment in zone.segments:
            begin = max(midnight - segment.offset, segment.span.start)
            end = min(midnight + DAY - segment.offset, segment.span.end)
            if begin < end:
                yield begin - before, end
