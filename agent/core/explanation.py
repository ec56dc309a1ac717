"""All that is said of one search: how much there is, what stands in the way, what one change would give, and the week.

For a participant it is counted from their view alone; for the operator from the search itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.core.explain import Reason, reasons, reasons_for
from agent.core.grid import Grid
from agent.core.inquiry import Inquiry
from agent.core.relax import Relaxation, all_relaxations, own_relaxations
from agent.core.slots import starts_window
from agent.core.timespan import Span
from agent.core.view import View
from agent.core.weekmap import WeekMap, draw


@dataclass(frozen=True, slots=True)
class Explanation:
    """``window`` is where starts were asked for, None where notice left nothing of it.

    ``candidates`` and ``open`` are minutes of starts in it, ``slots`` how many are open. ``relaxations`` come the most
    helpful first. ``week`` is of all possible starts, None where there are none.
    """

    window: Span | None
    candidates: int
    open: int
    slots: int
    reasons: tuple[Reason, ...]
    relaxations: tuple[Relaxation, ...]
    week: WeekMap | None


def seen(view: View) -> Explanation:
    """What one participant is told."""
    open_ = view.open & view.candidates
    week = draw(view.grid, view.grid.all, view.open, view.zones, view.viewer.week_starts)
    return _explanation(view.grid, view.candidates, open_, reasons_for(view), own_relaxations(view), week)


def overall(inquiry: Inquiry) -> Explanation:
    """What the operator is told."""
    found = inquiry.search()
    people = inquiry.relationship.people
    wide = found
    if inquiry.due is not None:
        wide = replace(found, window=starts_window(inquiry.now, inquiry.relationship, inquiry.now, None))
    zones = [person.zone for person in people]
    week = draw(wide.grid, wide.grid.all, wide.starts.open, zones, people[0].week_starts)
    given = reasons(found, found.grid.step)
    return _explanation(found.grid, found.grid.all, found.starts.open, given, all_relaxations(inquiry), week)


def _explanation(
    grid: Grid,
    candidates: int,
    open_: int,
    given: tuple[Reason, ...],
    relaxations: tuple[Relaxation, ...],
    week: WeekMap | None,
) -> Explanation:
    window = None
    if candidates:
        window = Span(grid.earliest(candidates), grid.first + candidates.bit_length() * grid.step)
    slots = open_.bit_count()
    return Explanation(window, candidates.bit_count() * grid.step, slots * grid.step, slots, given, relaxations, week)
