"""The possible starts of many people at once: one table of weeks, one sum over all calendars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.accelerators.batch_calendars import Known, closed
from agent.accelerators.batch_weeks import rule_starts, weekly, zone_grid
from agent.core.grid import Grid
from agent.core.layers import Shape, Starts, start_mask
from agent.core.policy import Limits
from agent.core.weeks import repeats


def everybody(people: Sequence[Known], grid: Grid, shape: Shape, limits: Limits) -> list[Starts]:
    """What ``start_mask`` says of each person; those whose weeks are not alike are asked of it."""
    by_table = grid.count > 0 and repeats(grid, shape.duration)
    alike = [by_table and known.busy is not None and weekly(person) for person, known in people]
    plain = [each for each, so in zip(people, alike, strict=True) if so]
    found = _alike(plain, grid, shape, limits)
    return [
        next(found) if so else start_mask(person, known, grid, shape, limits)
        for (person, known), so in zip(people, alike, strict=True)
    ]


def _alike(people: Sequence[Known], grid: Grid, shape: Shape, limits: Limits) -> Iterator[Starts]:
    zones = {zone: zone_grid(zone, grid, shape) for zone in {person.zone for person, _ in people}}
    for (person, _), barred in zip(people, closed(people, zones, grid, shape, limits), strict=True):
        mine = rule_starts(person, zones[person.zone], limits)
        yield Starts(mine.open & ~barred.hard, mine.easy & ~barred.soft)
