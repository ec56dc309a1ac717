"""What a person's weekly rules allow at each start, by looking up one week of wall time, as the bits of an integer.

Wherever a zone's offset stays the same, the starts of one week are like those of every other. Around a change of
offset the core is asked, and only for those whose rules leave time open there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.core import weeks
from agent.core.availability import Hours, easy_hours, hours
from agent.core.grid import Grid
from agent.core.layers import Shape, Starts, start_mask
from agent.core.minutes import every, ones, tiled
from agent.core.observation import PersonObserved
from agent.core.people import Person
from agent.core.policy import Limits
from agent.core.rules import Rule
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


def allowed(hours: Hours, zone: ZoneGrid) -> Samples:
    """Starts of a week whose whole meeting lies in weekly hours, once for each phase in which the clock meets the grid.

    Groups of rules that somebody else has too are looked up.
    """
    step, duration = zone.grid.step, zone.shape.duration
    within = [_plain(rules) for rules in hours.within]
    outside = [_plain((rule,)) for rule in hours.outside]
    found = {}
    for phase in zone.phases:
        starts = ones(WEEK // step)
        for rules in within:
            starts &= _starts(rules, True, duration, step, phase)
        for rules in outside:
            starts &= _starts(rules, False, duration, step, phase)
        found[phase] = starts
    return found


Plain = tuple[tuple[frozenset[int], int, int], ...]
"""Weekly rules by what they say: weekdays, start and end."""


def _plain(rules: Iterable[Rule]) -> Plain:
    return tuple((rule.weekdays, rule.start, rule.end) for rule in rules)


@lru_cache(maxsize=8192)
def _starts(rules: Plain, inside: bool, duration: int, step: int, phase: int) -> int:
    week = weeks.lay(Rule(*rule) for rule in rules)
    whole = weeks.from_here(week if inside else week ^ ones(WEEK), duration)
    return every(whole >> phase, step, WEEK // step)


def whole_numbers(rows: NDArray[Any]) -> Iterator[int]:
    """Each row of flags as the bits of an integer, its first flag as bit 0."""
    packed = np.packbits(rows, axis=1, bitorder="little")
    flat, width = packed.tobytes(), packed.shape[1]
    return (int.from_bytes(flat[at : at + width], "little") for at in range(0, len(flat), width))


def places(mask: int) -> NDArray[Any]:
    """Numbers of the set bits of an integer, in order."""
    flat = np.frombuffer(mask.to_bytes(-(-mask.bit_length() // 8), "little"), dtype=np.uint8)
    return np.unpackbits(flat, bitorder="little").nonzero()[0]


def weekly(person: Person) -> bool:
    """Whether every week of a person is like every other, but for changes of their clock and holidays."""
    rules = (*person.availability, *person.good_hours, *(b.rule for b in person.boundaries))
    return not person.journeys and all(rule.weekly for rule in rules)


def rule_starts(person: Person, zone: ZoneGrid, limits: Limits) -> Starts:
    """Starts that a person's weekly rules leave open, and those that cost nothing.

    Holidays are looked at near changes only.
    """
    theirs, free = hours(person), easy_hours(person)
    found, easy = zone.tile(allowed(theirs, zone)), zone.tile(allowed(free, zone))
    if not zone.near:
        return Starts(found, easy)
    open_week, easy_week = theirs.laid(weeks.lay), free.laid(weeks.lay)
    for change in zone.near:
        found &= ~(ones(change.high - change.low) << change.low)
        if _any_open(open_week, change, zone.shape.duration):
            found |= _by_the_core(person, zone, limits, change)
        easy = _mended(easy, easy_week, zone, change)
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
