"""What a person's weekly rules allow at each start, by looking up one week of wall time, as the bits of an integer.

Wherever a zone's offset stays the same, the starts of one week are like those of every other. Around a change of
offset the core is asked, and only for those whose rules leave time open there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.core import weeks
from agent.core.availability import easy_hours, hours
from agent.core.grid import Grid
from agent.core.layers import Shape, Starts, start_mask
from agent.core.minutes import ones, tiled
from agent.core.observation import PersonObserved
from agent.core.people import Person
from agent.core.policy import Limits
from agent.core.timespan import DAY, Span
from agent.core.weeks import MONDAY, WEEK, cut
from agent.core.zones import Segment, zone_segments

Samples = Mapping[int, int]
"""Starts of a week, close together as bits, by the minute (less than the grid's step) at which they begin."""

AROUND = 8 * DAY
"""Minutes past the grid in which a change of offset, or a meeting in the same week, can still matter."""


@dataclass(frozen=True)
class Change:
    """A change of offset, and the starts (numbers from ``low`` to before ``high``) that it may touch."""

    at: int
    before: int
    after: int
    low: int
    high: int

    @property
    def shift(self) -> int:
        """Minutes by which the clock is changed."""
        return abs(self.after - self.before)


@dataclass(frozen=True)
class Stretch:
    """Starts ``low`` to before ``high`` at one offset; the first of the grid is ``phase + turn * step`` into a week."""

    low: int
    high: int
    phase: int
    turn: int


@dataclass(frozen=True)
class ZoneGrid:
    """A grid as one zone's clock shows it."""

    grid: Grid
    shape: Shape
    segments: tuple[Segment, ...]
    stretches: tuple[Stretch, ...]
    changes: tuple[Change, ...]

    def offset_at(self, minute: int) -> int | None:
        """Minutes east at a UTC minute, None far from the grid."""
        for segment in self.segments:
            if segment.span.start <= minute < segment.span.end:
                return segment.offset
        return None

    def on_the_wall(self, starts: NDArray[Any]) -> NDArray[Any]:
        """Minutes from the beginning of a week on the wall to each start (UTC minutes)."""
        at = np.searchsorted(self._ends, starts, side="right")
        wall: NDArray[Any] = (starts + self._offsets[at] - MONDAY) % WEEK
        return wall

    @cached_property
    def _ends(self) -> NDArray[Any]:
        return np.array([segment.span.end for segment in self.segments])

    @cached_property
    def _offsets(self) -> NDArray[Any]:
        return np.array([segment.offset for segment in self.segments])

    def tile(self, samples: Samples) -> int:
        """Starts whose minute on the wall is set in a week, of which there is a sample for each phase."""
        period, found = WEEK // self.grid.step, 0
        tiles = {phase: tiled(samples[phase], period, self.grid.count + period) for phase in self.phases}
        for each in self.stretches:
            at = (each.turn + each.low) % period
            found |= (tiles[each.phase] >> at & ones(each.high - each.low)) << each.low
        return found

    @cached_property
    def phases(self) -> frozenset[int]:
        """The phases of all stretches."""
        return frozenset(each.phase for each in self.stretches)

    @cached_property
    def near(self) -> tuple[Change, ...]:
        """Changes that may touch one of the starts."""
        return tuple(each for each in self.changes if each.low < each.high)


@lru_cache(maxsize=256)
def zone_grid(zone: str, grid: Grid, shape: Shape) -> ZoneGrid:
    """Cut a grid, which must not be empty, where a zone's offset changes."""
    lived = grid.lived(shape.duration)
    segments = zone_segments(zone, Span(lived.start - AROUND, lived.end + AROUND))
    stretches = (_stretch(segment, grid) for segment in segments)
    changes = (_change(*two, grid, shape) for two in pairwise(segments))
    return ZoneGrid(grid, shape, segments, tuple(each for each in stretches if each.low < each.high), tuple(changes))


def _stretch(segment: Segment, grid: Grid) -> Stretch:
    low, high = (grid.number(minute) for minute in (segment.span.start, segment.span.end))
    turn, phase = divmod((grid.first + segment.offset - MONDAY) % WEEK, grid.step)
    return Stretch(low, high, phase, turn)


def _change(earlier: Segment, later: Segment, grid: Grid, shape: Shape) -> Change:
    """The two readings of a hard rule differ only within the shift of the change, before it or after."""
    at, shift = later.span.start, abs(later.offset - earlier.offset)
    low, high = grid.number(at - shift - shape.duration), grid.number(at + shift + 1)
    return Change(at, earlier.offset, later.offset, low, high)


def sampled(weeks: Sequence[int], zones: Iterable[ZoneGrid], step: int) -> Sequence[Samples]:
    """Every ``step``-th minute of each week, once for each phase in which a zone's clock meets the grid."""
    width = -(-WEEK // 8)
    flat = np.frombuffer(b"".join([week.to_bytes(width, "little") for week in weeks]), dtype=np.uint8)
    bits = np.unpackbits(flat.reshape(len(weeks), width), axis=1, count=WEEK, bitorder="little")
    found: list[dict[int, int]] = [{} for _ in weeks]
    for phase in frozenset[int]().union(*(zone.phases for zone in zones)):
        for sample, each in zip(found, whole_numbers(bits[:, phase::step]), strict=True):
            sample[phase] = each
    return found


def whole_numbers(rows: NDArray[Any]) -> Iterator[int]:
    """Each row of flags as the bits of an integer, its first flag as bit 0."""
    packed = np.packbits(rows, axis=1, bitorder="little")
    flat, width = packed.tobytes(), packed.shape[1]
    return (int.from_bytes(flat[at : at + width], "little") for at in range(0, len(flat), width))


def places(mask: int) -> NDArray[Any]:
    """Numbers of the set bits of an integer, in order."""
    flat = np.frombuffer(mask.to_bytes(-(-mask.bit_length() // 8), "little"), dtype=np.uint8)
    return np.unpackbits(flat, bitorder="little").nonzero()[0]


@dataclass(frozen=True)
class Week:
    """A person's week on the wall, as bits: minutes that are open by their rules, and minutes that cost nothing."""

    open: int
    easy: int
    good: int

    @classmethod
    def of(cls, person: Person) -> Week:
        """Lay out the weekly rules of a person."""
        good = weeks.lay(person.good_hours) if person.good_hours else ones(WEEK)
        return cls(hours(person).laid(weeks.lay), easy_hours(person).laid(weeks.lay), good)


def weekly(person: Person) -> bool:
    """Whether every week of a person is like every other, but for changes of their clock and holidays."""
    rules = (*person.availability, *person.good_hours, *(b.rule for b in person.boundaries))
    return not person.journeys and all(rule.weekly for rule in rules)


def rule_starts(person: Person, week: Week, at: tuple[Samples, Samples], zone: ZoneGrid, limits: Limits) -> Starts:
    """Starts that a person's weekly rules leave open, and those that cost nothing.

    ``at`` has samples of the minutes from which on a whole meeting is so. Holidays are looked at near changes only.
    """
    whole = week.easy == ones(WEEK)
    found, easy = zone.tile(at[0]), zone.grid.all if whole else zone.tile(at[1])
    for change in zone.near:
        found &= ~(ones(change.high - change.low) << change.low)
        if _any_open(week.open, change, zone.shape.duration):
            found |= _by_the_core(person, zone, limits, change)
        if not whole:
            easy = _mended(easy, week.easy, zone, change)
    return Starts(found, easy)


def _any_open(week: int, change: Change, duration: int) -> bool:
    """Whether a minute on either side of a change is open, as either clock shows it."""
    reach = change.shift + duration + 1
    low, high = min(change.before, change.after) - reach, max(change.before, change.after) + reach
    return bool(cut(week, change.at + low, high - low))


def _by_the_core(person: Person, zone: ZoneGrid, limits: Limits, change: Change) -> int:
    grid = zone.grid
    near = Grid(grid.first + change.low * grid.step, grid.step, change.high - change.low)
    return start_mask(person, PersonObserved(), near, zone.shape, limits).open << change.low


def _mended(easy: int, week: int, zone: ZoneGrid, change: Change) -> int:
    """Set right the starts whose meetings last over a change: easy if both of their parts are."""
    grid, duration = zone.grid, zone.shape.duration
    for number in range(grid.number(change.at - duration + 1), grid.number(change.at)):
        first = change.at - (grid.first + number * grid.step)
        both = _all(week, change.at - first + change.before, first) and _all(
            week, change.at + change.after, duration - first
        )
        easy = easy | 1 << number if both else easy & ~(1 << number)
    return easy


def _all(week: int, wall: int, length: int) -> bool:
    return cut(week, wall, length) == ones(length)
