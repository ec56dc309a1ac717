"""The week as a map: how often each hour of each weekday is open, by somebody's clock at home.

A start lies in the cell of its own local hour and weekday. A cell says on how many of the days that have a candidate
in it at least one is open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from agent.core.grid import Grid
from agent.core.timespan import DAY, Span
from agent.core.whereabouts import Whereabouts
from agent.core.zones import EPOCH_DAY, Segment

HOURS = range(24)


@dataclass(frozen=True, slots=True)
class Cell:
    """``open`` of ``days`` days have an open start in this hour."""

    open: int = 0
    days: int = 0

    @property
    def shade(self) -> int:
        """How full it is: 0 for never open, then 1 to 4 for each quarter of the days begun."""
        return -(-4 * self.open // self.days) if self.days else 0


@dataclass(frozen=True, slots=True)
class Beside:
    """Another zone, how many minutes its clock is ahead in the middle of the map's time."""

    zone: str
    ahead: int


@dataclass(frozen=True, slots=True)
class WeekMap:
    """A map by the clock of ``zone``, from the local day ``first`` to ``last``; ``cells`` by hour, then by weekday.

    ``weekdays`` are the columns (Monday is 0). ``changes`` are the zones whose clock is changed within, and the local
    day of that; where there are any, the hours beside are right for the middle only.
    """

    zone: str
    beside: tuple[Beside, ...]
    first: date
    last: date
    weekdays: tuple[int, ...]
    cells: tuple[tuple[Cell, ...], ...]
    changes: tuple[tuple[str, date], ...]

    def clocks(self, hour: int) -> tuple[str, ...]:
        """An hour's beginning as HH:MM, in ``zone`` and then in every zone beside it."""
        walls = (hour * 60, *((hour * 60 + other.ahead) % DAY for other in self.beside))
        return tuple(f"{wall // 60:02}:{wall % 60:02}" for wall in walls)


def draw(grid: Grid, candidates: int, open_: int, zones: Iterable[str], week_starts: int = 0) -> WeekMap | None:
    """Map some candidate starts, and which of them are open, by the first of some zones; None without candidates.

    ``week_starts`` is the weekday of the first column.
    """
    if not candidates:
        return None
    zone, *others = dict.fromkeys(zones)
    first = grid.earliest(candidates)
    last = grid.first + (candidates.bit_length() - 1) * grid.step
    window = Span(first, last + 1)
    segments = Whereabouts(zone).segments(window)
    weekdays = tuple((week_starts + n) % 7 for n in range(7))
    days, open_days = (_days(segments, grid, mask) for mask in (candidates, candidates & open_))
    return WeekMap(
        zone=zone,
        beside=tuple(Beside(other, _ahead(other, zone, (first + last) // 2)) for other in others),
        first=_day(first, segments[0]),
        last=_day(last, segments[-1]),
        weekdays=weekdays,
        cells=tuple(
            tuple(Cell(len(open_days.get((h, day), ())), len(days.get((h, day), ()))) for day in weekdays)
            for h in HOURS
        ),
        changes=tuple((name, day) for name in (zone, *others) for day in _changes(name, window)),
    )


def _days(segments: Iterable[Segment], grid: Grid, mask: int) -> dict[tuple[int, int], set[int]]:
    """Local days on which one of these starts lies in an hour of a weekday."""
    found: dict[tuple[int, int], set[int]] = {}
    parts = iter(segments)
    segment = next(parts)
    for start in grid.starts(mask):
        while start >= segment.span.end:
            segment = next(parts)
        day, minute = divmod(start + segment.offset, DAY)
        found.setdefault((minute // 60, (day + 3) % 7), set()).add(day)
    return found


def _day(minute: int, segment: Segment) -> date:
    return date.fromordinal((minute + segment.offset) // DAY + EPOCH_DAY)


def _ahead(other: str, zone: str, minute: int) -> int:
    ((theirs,), (ours,)) = (Whereabouts(name).segments(Span(minute, minute + 1)) for name in (other, zone))
    return theirs.offset - ours.offset


def _changes(zone: str, window: Span) -> Iterable[date]:
    return [_day(after.span.start, after) for _, after in pairwise(Whereabouts(zone).segments(window))]
