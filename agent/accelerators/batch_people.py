"""The possible starts of many people at once: one table of weeks, one sum over all calendars."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from agent.accelerators.batch_calendars import closed, hard_row, soft_row
from agent.accelerators.batch_weeks import Week, ZoneGrid, rule_starts, sampled, weekly, zone_grid
from agent.core.grid import Grid
from agent.core.layers import Shape, Starts, start_mask
from agent.core.observation import PersonObserved
from agent.core.people import Person
from agent.core.policy import Limits
from agent.core.weeks import from_here, repeats

Known = tuple[Person, PersonObserved]

TOGETHER = 256
"""People worked out at a time; what they take is thrown away before the next."""


def everybody(people: Sequence[Known], grid: Grid, shape: Shape, limits: Limits) -> list[Starts]:
    """What ``start_mask`` says of each person; those whose weeks are not alike are asked of it."""
    by_table = grid.count > 0 and repeats(grid, shape.duration)
    alike = [by_table and known.busy is not None and weekly(person) for person, known in people]
    plain = [each for each, so in zip(people, alike, strict=True) if so]
    chunks = (plain[at : at + TOGETHER] for at in range(0, len(plain), TOGETHER))
    found = chain.from_iterable(_alike(chunk, grid, shape, limits) for chunk in chunks)
    return [
        next(found) if so else start_mask(person, known, grid, shape, limits)
        for (person, known), so in zip(people, alike, strict=True)
    ]


def _alike(people: Sequence[Known], grid: Grid, shape: Shape, limits: Limits) -> list[Starts]:
    zones = {zone: zone_grid(zone, grid, shape) for zone in {person.zone for person, _ in people}}
    rules = _by_rules(people, zones, limits)
    # A calendar is read twice in a row, while a processor still has it at hand.
    each = [(hard_row(person, known, zones[person.zone], limits), soft_row(known, shape)) for person, known in people]
    rows = [row for _, row in each]
    hard = closed([row for row, _ in each], grid)
    soft = closed([row for row in rows if row], grid)
    return [
        Starts(mine.open & ~barred, mine.easy & ~next(soft) if row else mine.easy)
        for mine, barred, row in zip(rules, hard, rows, strict=True)
    ]


def _by_rules(people: Sequence[Known], zones: dict[str, ZoneGrid], limits: Limits) -> list[Starts]:
    any_zone = next(iter(zones.values()))
    weeks = [Week.of(person) for person, _ in people]
    opens, easies = (
        sampled([from_here(week, any_zone.shape.duration) for week in kind], zones.values(), any_zone.grid.step)
        for kind in ([week.open for week in weeks], [week.easy for week in weeks])
    )
    return [
        rule_starts(person, week, at, zones[person.zone], limits)
        for (person, _), week, at in zip(people, weeks, zip(opens, easies, strict=True), strict=True)
    ]
