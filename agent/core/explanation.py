"""All that is said of one search: how much there is, what stands in the way, what one change would give, and the week.

For a participant it is counted from their view alone; for the operator from the search itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from agent.core.explain import Reason, reasons, reasons_for
from agent.core.grid import Grid
from agent.core.inquiry import Inquiry
from agent.core.relax import Relaxation, all_relaxations, own_relaxations
from agent.core.slots import starts_window
from agent.core.timespan import Span
from agent.core.view import View
from agent.core.weekmap import WeekMap, draw
from agent.core.whereabouts import Whereabouts

UTC = Whereabouts("UTC")
"""The operator's clock."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """``window`` is where starts were asked for, None where nothing of it is left.

    ``candidates`` and ``open`` are minutes of starts in it, one every ``step``; ``slots`` is how many are open.
    ``relaxations`` come the most helpful first. ``week`` is of all possible starts, None where there are none.
    ``where`` is the clock of whoever it is told to. ``homes`` are people and the zones they are at home in, for the
    operator. ``booked`` and ``within`` are as in a view.
    """

    window: Span | None
    candidates: int
    open: int
    slots: int
    reasons: tuple[Reason, ...]
    relaxations: tuple[Relaxation, ...]
    week: WeekMap | None
    step: int = 1
    where: Whereabouts = UTC
    homes: tuple[tuple[str, str], ...] = ()
    booked: Span | None = None
    within: datetime | None = None

    @property
    def days(self) -> tuple[date, date] | None:
        """The reader's local days, both included, in which starts were asked for; a midnight closes the day before."""
        if self.window is None:
            return None
        first, last = self.window.start, self.window.end - self.step
        days = (first, max(first, last - 1))
        return date.fromordinal(self.where.local_day(days[0])), date.fromordinal(self.where.local_day(days[1]))


def seen(view: View) -> Explanation:
    """What one participant is told."""
    where = view.viewer.where
    week = draw(
        view.grid, view.grid.all, view.open, where, view.zones[1:], week_starts=view.viewer.week_starts, own=True
    )
    told = _counted(view.grid, view.candidates, view.open & view.candidates)
    return replace(
        told,
        reasons=reasons_for(view),
        relaxations=own_relaxations(view),
        week=week,
        where=where,
        booked=view.booked,
        within=view.within,
    )


def overall(inquiry: Inquiry) -> Explanation:
    """What the operator is told."""
    found = inquiry.search()
    people = inquiry.relationship.people
    wide = found
    if inquiry.due is not None:
        wide = replace(found, window=starts_window(inquiry.now, inquiry.relationship, inquiry.now, None))
    home, *others = (person.zone for person in people)
    week = draw(
        wide.grid,
        wide.grid.all,
        wide.starts.open,
        Whereabouts(home),
        others,
        week_starts=people[0].week_starts,
        own=False,
    )
    return replace(
        _counted(found.grid, found.grid.all, found.starts.open),
        reasons=reasons(found, found.grid.step),
        relaxations=all_relaxations(inquiry),
        week=week,
        homes=tuple((person.id, person.zone) for person in people),
        booked=inquiry.booked,
        within=inquiry.within,
    )


def _counted(grid: Grid, candidates: int, open_: int) -> Explanation:
    """How much there is of each, and nothing of why."""
    window = None
    if candidates:
        window = Span(grid.earliest(candidates), grid.first + candidates.bit_length() * grid.step)
    slots, step = open_.bit_count(), grid.step
    return Explanation(window, candidates.bit_count() * step, slots * step, slots, (), (), None, step)
