"""Which starts the calendars of many people close: all their intervals marked and summed in one array."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from agent.accelerators.batch_weeks import ZoneGrid, whole_numbers
from agent.core.grid import Grid
from agent.core.layers import Shape, week_of
from agent.core.observation import Elsewhere, PersonObserved
from agent.core.people import Person
from agent.core.policy import Limits
from agent.core.timespan import DAY, Span
from agent.core.zones import EPOCH_DAY

ROWS = 64
"""Rows summed at a time: their sums fit a processor's cache."""


@dataclass(frozen=True)
class Row:
    """Intervals (minutes) that close starts: those of ``begins`` and ``ends``, moved by ``early`` and ``late``."""

    begins: list[int]
    ends: list[int]
    early: int
    late: int


def hard_row(person: Person, known: PersonObserved, zone: ZoneGrid, limits: Limits) -> Row:
    """Starts too close to hard busy time or another meeting, on a holiday, or on a full day or week."""
    shape = zone.shape
    spans = [block.span for block in known.busy or () if block.hard]
    row = _row(spans, 1 - shape.duration - shape.after, shape.before)
    others = [*_meetings(known.elsewhere, shape)]
    others += _days(_full(person, known.elsewhere, limits, zone), zone, 0)
    others += _days(_near(person.holidays, zone), zone, shape.duration - 1)
    if others:
        row.begins.extend(begin - row.early for begin, _ in others)
        row.ends.extend(end - row.late for _, end in others)
    return row


def soft_row(known: PersonObserved, shape: Shape) -> Row | None:
    """Starts whose meeting shares a minute with an invitation that waits for an answer, if there are any."""
    spans = [block.span for block in known.busy or () if not block.hard]
    return _row(spans, 1 - shape.duration, 0) if spans else None


def _row(spans: Sequence[Span], early: int, late: int) -> Row:
    return Row([span.start for span in spans], [span.end for span in spans], early, late)


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


def closed(rows: Sequence[Row], grid: Grid) -> Iterator[int]:
    """Starts that lie in an interval of each row, as bits."""
    for first in range(0, len(rows), ROWS):
        yield from _sums(rows[first : first + ROWS], grid)


def _sums(rows: Sequence[Row], grid: Grid) -> Iterator[int]:
    width, one = grid.count + 1, np.int32(1)
    counts = [len(row.begins) for row in rows]
    base = np.repeat(np.arange(len(rows)) * width, counts)
    marks = np.zeros(len(rows) * width, dtype=np.int32)

    def numbers(minutes: Iterable[list[int]], moved: list[int]) -> Any:
        packed = b"".join([struct.pack(f"{len(each)}q", *each) for each in minutes])
        found = np.repeat(np.array(moved, np.int64) + (grid.step - 1 - grid.first), counts)
        found += np.frombuffer(packed, np.int64)
        found //= grid.step
        np.clip(found, 0, grid.count, out=found)
        found += base
        return found

    np.add.at(marks, numbers((row.begins for row in rows), [row.early for row in rows]), one)
    np.subtract.at(marks, numbers((row.ends for row in rows), [row.late for row in rows]), one)
    np.cumsum(marks, out=marks)
    return whole_numbers(marks.reshape(len(rows), width)[:, :-1] != 0)
