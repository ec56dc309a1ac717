"""The week as a map: how often each hour of each weekday is open, by the clock on somebody's wall.

A start lies in the cell of its own local hour and weekday. A cell says on how many of the days that have a candidate
in it at least one is open. Whose map it is sees their own journeys in it, and of everybody else the clock at home.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    """Another zone in which somebody is at home: how many minutes its clock is ahead in the middle of the map."""

    zone: str
    ahead: int


@dataclass(frozen=True, slots=True)
class Away:
    """Local days, both included, whose hours are by the clock of another zone: whose map it is travels there."""

    zone: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class WeekMap:
    """A map by the clock of ``zone``, from the local day ``first`` to ``last``; ``cells`` by hour, then by weekday.

    ``weekdays`` are the columns (Monday is 0). ``changes`` are the zones whose clock is changed within, and the local
    day of that; where there are any, the hours beside are right for the middle only. So they are not for the days of
    ``absences``. ``own`` is whether it is the map of one person, who is told of their journeys; else every clock in it
    is the one at home.
    """

    zone: str
    beside: tuple[Beside, ...]
    first: date
    last: date
    weekdays: tuple[int, ...]
    cells: tuple[tuple[Cell, ...], ...]
    changes: tuple[tuple[str, date], ...]
    absences: tuple[Away, ...] = ()
    own: bool = False

    @property
    def ever(self) -> range:
        """Hours from the first to the last that is open on any day; empty where none is."""
        hours = [hour for hour in HOURS if any(cell.open for cell in self.cells[hour])]
        return range(hours[0], hours[-1] + 1) if hours else range(0)

    def clocks(self, hour: int) -> tuple[str, ...]:
        """An hour's beginning as HH:MM, in ``zone`` and then in every zone beside it."""
        walls = (hour * 60, *((hour * 60 + other.ahead) % DAY for other in self.beside))
        return tuple(f"{wall // 60:02}:{wall % 60:02}" for wall in walls)


def draw(
    grid: Grid, candidates: int, open_: int, where: Whereabouts, others: Iterable[str], *, week_starts: int, own: bool
) -> WeekMap | None:
    """Map some candidate starts, and which of them are open, by somebody's clock; None without candidates.

    ``others`` are the zones that stand beside it, ``week_starts`` is the weekday of the first column. For whom it is
    not their ``own`` map, ``where`` has no journeys.
    """
    if not candidates:
        return None
    first = grid.earliest(candidates)
    last = grid.first + (candidates.bit_length() - 1) * grid.step
    window = Span(first, last + 1)
    segments = where.segments(window)
    zone = _lived(where, segments)
    zones = tuple(dict.fromkeys((zone, *others)))
    days = tuple(_day(*end) for end in ((first, segments[0]), (last, segments[-1])))
    weekdays = tuple((week_starts + n) % 7 for n in range(7))
    every, opened = (_by_hour(segments, grid, mask) for mask in (candidates, candidates & open_))
    return WeekMap(
        zone=zone,
        beside=tuple(Beside(other, _ahead(other, zone, (first + last) // 2)) for other in zones[1:]),
        first=days[0],
        last=days[1],
        weekdays=weekdays,
        cells=tuple(
            tuple(Cell(len(opened.get((h, day), ())), len(every.get((h, day), ()))) for day in weekdays) for h in HOURS
        ),
        changes=tuple((name, day) for name in zones for day in _changes(name, window)),
        absences=tuple(_aways(where, zone, *days)),
        own=own,
    )


def local_days(grid: Grid, mask: int, where: Whereabouts, among: int) -> int:
    """On how many of somebody's local days some starts lie.

    ``among`` are all that were asked for; a midnight with which they end closes the day before.
    """
    if not mask:
        return 0
    window = Span(grid.earliest(mask), grid.first + mask.bit_length() * grid.step)
    *earlier, (last, minute) = _walls(where.segments(window), grid, mask)
    closes = not minute and mask.bit_length() == among.bit_length()
    return len({*(day for day, _ in earlier), last - 1 if closes else last})


def _by_hour(segments: Iterable[Segment], grid: Grid, mask: int) -> dict[tuple[int, int], set[int]]:
    """Local days on which one of these starts lies in an hour of a weekday."""
    found: dict[tuple[int, int], set[int]] = {}
    for day, minute in _walls(segments, grid, mask):
        found.setdefault((minute // 60, (day + 3) % 7), set()).add(day)
    return found


def _walls(segments: Iterable[Segment], grid: Grid, mask: int) -> Iterator[tuple[int, int]]:
    """Local day, since the epoch, and minute of the day of each start."""
    parts = iter(segments)
    segment = next(parts)
    for start in grid.starts(mask):
        while start >= segment.span.end:
            segment = next(parts)
        yield divmod(start + segment.offset, DAY)


def _lived(where: Whereabouts, segments: Iterable[Segment]) -> str:
    """The zone at home, unless all of the time is spent elsewhere: then the first of that."""
    zones = [where.zone_at(segment.span.start) for segment in segments]
    return where.home if where.home in zones else zones[0]


def _aways(where: Whereabouts, zone: str, first: date, last: date) -> Iterator[Away]:
    for journey in where.journeys:
        start, end = max(journey.first, first), min(journey.last, last)
        if journey.zone != zone and start <= end:
            yield Away(journey.zone, start, end)


def _day(minute: int, segment: Segment) -> date:
    return date.fromordinal((minute + segment.offset) // DAY + EPOCH_DAY)


def _ahead(other: str, zone: str, minute: int) -> int:
    ((theirs,), (ours,)) = (Whereabouts(name).segments(Span(minute, minute + 1)) for name in (other, zone))
    return theirs.offset - ours.offset


def _changes(zone: str, window: Span) -> Iterable[date]:
    return [_day(after.span.start, after) for _, after in pairwise(Whereabouts(zone).segments(window))]
