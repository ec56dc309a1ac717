"""Times at which a relationship could meet, as a table that fits the terminal: dates whole, points under each other.

Everybody has a column of their own where there is room for all; else everybody's times share one, which is wrapped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from agent.core.timespan import whole_minutes
from agent.core.zones import local

if TYPE_CHECKING:
    from agent.core.explain import Reason
    from agent.core.people import Person
    from agent.core.relationships import Relationship
    from agent.core.slots import Slot

UTC = "%Y-%m-%d %H:%M"
WALL = "%a %d %b %H:%M"
SHORT = "%a %H:%M"

WHEN = 16
"""Characters of a date with its time, in UTC or by somebody's clock."""

FRAME = 3
"""Characters that the frame and the room beside it take from each column; one more at the end."""


def slots_table(relationship: Relationship, shown: Sequence[Slot], width: int) -> Table:
    """Lay out some slots, at least one, for a terminal of so many columns; points are those of the whole meeting."""
    points = max(len(_points(each)) for slot in shown for each in slot.burden.values())
    cell, people = WHEN + 1 + points, relationship.people
    minutes = whole_minutes(relationship.policy.cadence.duration)
    title = f"{minutes} minutes by {shown[0].medium.value}, with points of burden"
    if FRAME + WHEN + len(people) * (FRAME + cell) + 1 > width:
        return _together(relationship, shown, Table(title=title))
    table = Table(title=title)
    table.add_column("UTC", width=WHEN)
    for person in people:
        table.add_column(f"{person.id}\n{_where(person, shown, cell)}", width=cell, overflow="fold")
    for slot in shown:
        walls = (f"{_wall(slot, person, WALL)} {_points(slot.burden[person.id]):>{points}}" for person in people)
        table.add_row(f"{slot.span.starts_at:{UTC}}", *walls)
    return table


def _together(relationship: Relationship, shown: Sequence[Slot], table: Table) -> Table:
    table.add_column("UTC", width=WHEN)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("in their time")
    for slot in shown:
        walls = (f"{each.id} {_wall(slot, each, SHORT)}{_beside(slot.burden[each.id])}" for each in relationship.people)
        table.add_row(f"{slot.span.starts_at:{UTC}}", _points(sum(slot.burden.values())), ", ".join(walls))
    return table


def reasons_table(why: Sequence[Reason]) -> Table:
    """Lay out what stands in the way where there is no slot."""
    table = Table("what stands in the way", title="No time found")
    for name in ("minutes it removes", "minutes only it removes"):
        table.add_column(name, justify="right")
    for reason in why:
        table.add_row(str(reason.kind), str(reason.minutes), str(reason.only))
    return table


def _wall(slot: Slot, person: Person, form: str) -> str:
    start = slot.span.starts_at
    return f"{local(start, person.zone_at(start)):{form}}"


def _points(points: float) -> str:
    return f"{points:.2f}"


def _beside(points: float) -> str:
    return f" ({_points(points)})" if points else ""


def _where(person: Person, shown: Sequence[Slot], width: int) -> str:
    area, slash, city = person.zone.rpartition("/")
    zone = person.zone if len(person.zone) <= width else f"{area}{slash}\n{city}"
    away = any(person.zone_at(slot.span.starts_at) != person.zone for slot in shown)
    return f"{zone}, and away" if away else zone
