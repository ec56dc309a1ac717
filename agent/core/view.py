"""What one participant may know of a search: their own constraints by name, and everybody else as one set of starts.

Nothing that a person is shown comes from anywhere but a view, and a view has no room for anybody else: ``Opaque`` is a
number without a person or a kind. Two worlds in which the others leave the same starts open give the same view, whether
it is a boundary, a calendar, a journey, a limit or a decline that closes the rest.

A view reaches over all possible starts, from now + notice to now + horizon, so that a wider window can be answered
from it. What would have to be asked of the others anew, such as a shorter meeting, cannot be asked of a view.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from agent.core.boundaries import Strength
from agent.core.expansion import blocked, expand
from agent.core.grid import Grid
from agent.core.layers import Kind, Shape, feasible_starts, layers, start_mask
from agent.core.minutes import ones
from agent.core.observation import PersonObserved
from agent.core.people import Person
from agent.core.policy import Limits
from agent.core.slots import Search
from agent.core.timespan import Span

AVAILABILITY, BOUNDARY, GOOD_HOURS = "own-availability", "own-boundary", "own-good-hours"
"""Parts of a person's own rules, which nobody but they may tell apart."""


@dataclass(frozen=True, slots=True)
class Own:
    """Starts that one constraint of the viewer's own forbids; boundaries have a number, as in people.yaml, from 1."""

    kind: str
    forbids: int
    number: int = 0


@dataclass(frozen=True, slots=True)
class Opaque:
    """Starts that everybody else together forbid, or that somebody, whoever it was, does not want again."""

    forbids: int


@dataclass(frozen=True, slots=True)
class View:
    """One search as a participant sees it.

    Masks are of ``grid``. ``candidates`` are the starts that were asked about, ``wider`` those that would be were the
    cadence's window a day longer on either side (none where no such window was asked about). ``pause`` is what the
    relationship as a whole forbids. ``shape`` and ``limits`` are the policy's. ``zones`` are where everybody is at
    home, the viewer first: that much people know of each other. ``booked`` is when their meeting is, if there is one;
    ``within`` when that which lies beyond the horizon comes within it.
    """

    viewer: Person
    zones: tuple[str, ...]
    known: PersonObserved
    shape: Shape
    limits: Limits
    grid: Grid
    candidates: int
    wider: int
    own: tuple[Own, ...]
    pause: int
    others: Opaque
    booked: Span | None = None
    within: datetime | None = None

    @property
    def open(self) -> int:
        """Starts of the whole grid that nothing forbids."""
        return self.with_own(self.viewer)

    def with_own(self, viewer: Person) -> int:
        """Starts that nothing would forbid, did the viewer have other rules; nobody else is asked anew."""
        mine = start_mask(viewer, self.known, self.grid, self.shape, self.limits).open
        return mine & ~self.pause & ~self.others.forbids


def view(search: Search, viewer: str, horizon: Span | None = None, wider: Span | None = None) -> View:
    """What one of a relationship's people may know of a search.

    ``horizon`` is where starts are possible at all, ``wider`` the window with a day more on either side; UTC minutes,
    and None where there is nothing of the kind.
    """
    relationship = search.relationship
    shape, limits = Shape.of(relationship), relationship.policy.limits
    reach = [span for span in (search.window, horizon, wider) if span]
    grid = search.grid
    if reach:
        grid = Grid.over(Span(min(s.start for s in reach), max(s.end for s in reach)), grid.step)
    (person,) = (each for each in relationship.people if each.id == viewer)
    pause = grid.all & ~feasible_starts(relationship, (), grid, ()).open
    others = [each for each in relationship.people if each.id != viewer]
    theirs = [start_mask(each, search.observed.of(each.id), grid, shape, limits) for each in others]
    unpaused = replace(relationship, paused=False, pauses=(), ends=None)
    together = feasible_starts(unpaused, theirs, grid, search.avoided).open
    known = search.observed.of(viewer)
    return View(
        viewer=person,
        zones=(person.zone, *(each.zone for each in others)),
        known=known,
        shape=shape,
        limits=limits,
        grid=grid,
        candidates=_among(grid, search.window),
        wider=_among(grid, wider),
        own=tuple(_own(search, person, known, grid)),
        pause=pause,
        others=Opaque(grid.all & ~together),
    )


def _among(grid: Grid, window: Span | None) -> int:
    return grid.within([(window.start, window.end)]) if window else 0


def _own(search: Search, person: Person, known: PersonObserved, grid: Grid) -> Iterator[Own]:
    """Every layer of the viewer's own. Nobody else is even passed in."""
    alone = replace(search.relationship, mentor=person, mentees=())
    for layer in layers(alone, {person.id: known}, grid):
        if layer.kind is Kind.UNAVAILABLE:
            yield from _rules(person, Shape.of(alone).duration, grid)
        elif layer.person is not None:
            yield Own(f"own-{layer.kind}", layer.forbids)


def _rules(person: Person, duration: int, grid: Grid) -> Iterator[Own]:
    """The parts of ``unavailable``, which together forbid what it forbids."""
    lived = grid.lived(duration)

    def without(allowed: int) -> int:
        return grid.all & ~grid.fitting(allowed, duration)

    yield Own(AVAILABILITY, without(expand(person.availability, person.where, lived)))
    for number, boundary in enumerate(person.boundaries, 1):
        if boundary.strength is Strength.HARD or not person.rotates:
            closed = blocked((boundary.rule,), person.where, lived)
            yield Own(BOUNDARY, without(ones(lived.minutes) & ~closed), number)
    if person.good_hours and not person.rotates:
        yield Own(GOOD_HOURS, without(expand(person.good_hours, person.where, lived)))
