"""Draws a relationship's weeks as SVG, one panel for each person in that person's local time.

A column is a local day, its height the twenty-four hours of the clock on the wall. Rules stand still in their owner's
panel when the clocks change; what everybody's rules leave open together jumps, and the meetings with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from agent.core.availability import open_time
from agent.core.boundaries import Strength
from agent.core.expansion import blocked_run, membership
from agent.core.people import Person
from agent.core.timespan import DAY, Run, Span, clip, intersect
from agent.core.whereabouts import Whereabouts
from agent.core.zones import EPOCH_DAY
from agent.simulation.lives import Life

COLUMN, HOUR = 9, 7
"""Pixels: the width of a day and the height of an hour."""

HEIGHT = 24 * HOUR

LABEL = 90
"""Pixels that the label of a clock change takes."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One time of one meeting in a panel: where, its number, and what became of it (``held``, ``ahead``, ``left``)."""

    x: float
    y: float
    height: float
    number: int
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Shift:
    """A change of somebody's clocks: the column it falls on, whose and by how much; ``own`` is the panel's owner's.

    ``anchor`` keeps the labels of two neighbours apart.
    """

    x: float
    label: str
    own: bool
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Panel:
    """One person's weeks: SVG paths by layer, marks and clock changes."""

    person: Person
    paths: Mapping[str, str]
    marks: tuple[Mark, ...]
    shifts: tuple[Shift, ...]


@dataclass(frozen=True)
class Weeks:
    """The days that are drawn, from a Monday on."""

    first: date
    count: int

    @property
    def width(self) -> int:
        """Pixels of all columns."""
        return self.count * 7 * COLUMN

    def ticks(self) -> list[tuple[int, str]]:
        """Where each week starts, and its date."""
        mondays = (self.first + timedelta(weeks=n) for n in range(self.count))
        return [(n * 7 * COLUMN, f"{monday.day} {monday:%b}") for n, monday in enumerate(mondays)]

    def window(self, where: Whereabouts) -> Span:
        """The drawn days as UTC minutes, for somebody in this zone."""
        last = self.first + timedelta(weeks=self.count)
        return Span(where.utc(self.first.toordinal()), where.utc(last.toordinal()))


def panels(people: Sequence[Person], busy: Mapping[str, Run], lives: Sequence[Life], weeks: Weeks) -> list[Panel]:
    """Draw a relationship, the mentor first."""
    return [_panel(person, people, busy[person.id], lives, weeks) for person in people]


def _panel(person: Person, people: Sequence[Person], busy: Run, lives: Sequence[Life], weeks: Weeks) -> Panel:
    window = weeks.window(person.where)
    hard = [b.rule for b in person.boundaries if b.strength is Strength.HARD]
    soft = [b.rule for b in person.boundaries if b.strength is Strength.SOFT]
    own = open_time(person, window)
    common: Run = (window,)
    for each in people:
        common = intersect(common, open_time(each, window))
    runs = {
        "open": own,
        "soft": intersect(own, membership(soft, person.where, window)),
        "hard": intersect(
            membership(person.availability, person.where, window), blocked_run(hard, person.where, window)
        ),
        "common": common,
        "busy": clip(busy, window),
    }
    paths = {name: _path(run, person.where, weeks) for name, run in runs.items()}
    marks = tuple(mark for number, life in enumerate(lives, 1) for mark in _marks(life, number, person, weeks))
    return Panel(person, paths, marks, _apart(_shifts(person, people, weeks)))


def _path(run: Run, where: Whereabouts, weeks: Weeks) -> str:
    pieces = (_place(piece, weeks) for span in run for piece in wall_pieces(span, where))
    return "".join(f"M{x:g} {y:g}h{COLUMN}v{height:g}h-{COLUMN}z" for x, y, height in pieces)


def wall_pieces(span: Span, where: Whereabouts) -> Iterator[Span]:
    """Cut a span of UTC minutes into spans of wall-clock minutes that cross neither midnight nor a clock change."""
    for segment in where.segments(span):
        for inside in clip((span,), segment.span):
            start, end = inside.start + segment.offset, inside.end + segment.offset
            while start < end:
                midnight = (start // DAY + 1) * DAY
                yield Span(start, min(end, midnight))
                start = min(end, midnight)


def _place(piece: Span, weeks: Weeks) -> tuple[float, float, float]:
    column = piece.start // DAY + EPOCH_DAY - weeks.first.toordinal()
    return column * COLUMN, piece.start % DAY * HOUR / 60, piece.minutes * HOUR / 60


def _marks(life: Life, number: int, person: Person, weeks: Weeks) -> Iterator[Mark]:
    for span in life.left:
        yield from _mark(span, number, "left", person, weeks)
    if life.now is not None:
        yield from _mark(life.now, number, life.state, person, weeks)


def _mark(span: Span, number: int, kind: str, person: Person, weeks: Weeks) -> Iterator[Mark]:
    piece = next(wall_pieces(span, person.where))
    x, y, height = _place(piece, weeks)
    day = date.fromordinal(piece.start // DAY + EPOCH_DAY)
    clock = f"{piece.start % DAY // 60:02}:{piece.start % 60:02}"
    if 0 <= x < weeks.width:
        yield Mark(x, y, height, number, kind, f"no. {number}, {kind}: {day:%a} {day.day} {day:%b} {clock}")


def _shifts(person: Person, people: Sequence[Person], weeks: Weeks) -> Iterator[Shift]:
    seen = set()
    for each in people:
        for day, minutes in clock_changes(each.where, weeks):
            if (day, minutes) not in seen or each is person:
                own, city = each.zone == person.zone, each.zone.rpartition("/")[2].replace("_", " ")
                label = f"{'clocks' if own else city} {'+' if minutes > 0 else '−'}{abs(minutes) / 60:g} h"  # noqa: RUF001
                yield Shift((day - weeks.first).days * COLUMN, label, own)
            seen.add((day, minutes))


def _apart(shifts: Iterable[Shift]) -> tuple[Shift, ...]:
    found = sorted(shifts, key=lambda shift: shift.x)
    crowded = [i for i, (left, right) in enumerate(pairwise(found)) if right.x - left.x < LABEL]
    anchors = dict.fromkeys(crowded, "end") | {i + 1: "start" for i in crowded}
    return tuple(replace(shift, anchor=anchors.get(i, "middle")) for i, shift in enumerate(found))


def clock_changes(where: Whereabouts, weeks: Weeks) -> Iterator[tuple[date, int]]:
    """Local days on which somebody's clocks change among those drawn, and by how many minutes."""
    for before, after in pairwise(where.segments(weeks.window(where))):
        yield date.fromordinal(where.local_day(after.span.start)), after.offset - before.offset
