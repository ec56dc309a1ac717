"""What a change would do, as tables: the whole in figures, then the meetings and the relationships it touches."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from agent.cli.explanation_text import OPERATOR

if TYPE_CHECKING:
    from rich.table import Table

    from agent.services.plan_change import ChangePlan, Fate
    from agent.services.plan_change_course import Course

NAMED = 20
"""Rows of a table; --json has all."""

WHEN = "%a %d %b %H:%M"

WHY = {
    "forbidden": "the rules forbid it",
    "conflict": "something else is there",
    "parted": "they are no longer together",
    "removed": "somebody removed it",
    "declined": "somebody declined it",
    "edited": "somebody moved it",
    "rezoned": "the rules of a zone changed",
}


def show(found: ChangePlan) -> None:
    """Print everything."""
    from rich.console import Console

    console = Console()
    console.print(_figures(found))
    for table in (_terms(found), _roster(found), _booked(found), _without(found), _people(found)):
        if table is not None:
            console.print(table)
    for line in _closing(found):
        console.print(line, markup=False, soft_wrap=True)


def _figures(found: ChangePlan) -> Table:
    """Count both courses in the same way, one beside the other."""
    table = _table(f"{found.begins:%a %d %b %Y} and {found.weeks} weeks on", "", "as it is", "changed", right=2)
    courses = [[getattr(fate, side) for fate in found.fates] for side in ("before", "after")]
    booked, moved, off, stuck = (
        [sum(turn.event == event for each in side if each for turn in each.turns) for side in courses]
        for event in ("booked", "moved", "cancelled", "stuck")
    )
    for name, counts in (
        ("meetings booked", booked),
        ("meetings moved", moved),
        ("meetings called off", off),
        ("meetings in conflict that stay", stuck),
        ("without a time when due, found later", [sum(map(_later, side)) for side in courses]),
        ("without a time in the end", [sum(bool(each and each.without) for each in side) for side in courses]),
    ):
        table.add_row(name, *map(str, counts))
    minutes = [sum(each.minutes for each in side if each) for side in courses]
    table.add_row("minutes of all meetings", *map(str, minutes))
    mails = [found.mails(side) for side in courses]
    for kind in mails[0]:
        rates = [sum(side[kind]) / found.weeks for side in mails]
        table.add_row(f"mails a week: {kind}", *(f"{rate:.1f}" for rate in rates))
    table.add_row("points of burden, everybody's", *(f"{sum(each.people.values()):.2f}" for each in found.burdens))
    worst = [max(each.imbalance.values(), default=0.0) for each in found.burdens]
    table.add_row("largest imbalance of a pair or circle", *(f"{points:.2f}" for points in worst))
    return table


def _later(course: Course | None) -> int:
    """Meetings for which a time was found only after looking in vain."""
    return len(course.vain) - len(course.without) if course else 0


def _terms(found: ChangePlan) -> Table | None:
    rows = [(term.key, _written(term.before), _written(term.after)) for term in found.terms]
    return _rows("The policy changes", ("key", "as it is", "changed"), rows)


def _written(value: object) -> str:
    return "left out" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _roster(found: ChangePlan) -> Table | None:
    rows = [(fate.id, str(fate.roster)) for fate in found.fates if fate.roster]
    return _rows("The roster changes", ("relationship", "what it does"), rows)


def _booked(found: ChangePlan) -> Table | None:
    """Meetings that are booked now and would not stay as they are."""
    return _rows(
        "Booked meetings that would not stay",
        ("relationship", "booked now (UTC)", "becomes", "why", "without the change"),
        [row for fate in found.fates if (row := _touched(fate))],
    )


def _touched(fate: Fate) -> tuple[str, ...] | None:
    before, after = fate.becomes(fate.before), fate.becomes(fate.after)
    if fate.booked is None or after is None or after[0] == "stays":
        return None
    what = f"moved to {after[1].span.starts_at:{WHEN}}" if after[0] == "moved" else after[0]
    why = "something else is there" if after[0] == "in conflict" else WHY.get(fate.why(fate.after) or "", "")
    return fate.id, f"{fate.booked.span.starts_at:{WHEN}}", what, why, before[0] if before else ""


def _without(found: ChangePlan) -> Table | None:
    """Who would be left without a time in the end, and what stood in the way when it was first looked for."""
    return _rows(
        "Left without a time",
        ("relationship", "number", "since", "what stands in the way", "as it is"),
        [
            (fate.id, str(number), f"{course.vain[number].since:%a %d %b}", _why(course, number), _also(fate.before))
            for fate in found.fates
            if (course := fate.after)
            for number in course.without
        ],
    )


def _why(course: Course, number: int) -> str:
    """The largest share, and whatever else would give times back by itself."""
    first, *others = course.vain[number].reasons
    told = [first, *(reason for reason in others if reason.only)]
    return "; ".join(OPERATOR.get(reason.kind, reason.kind) for reason in told)


def _also(course: Course | None) -> str:
    return "" if course is None else "without, too" if course.without else "has one"


def _people(found: ChangePlan) -> Table | None:
    """Whose burden changes, the largest difference first."""
    before, after = found.burdens
    named = {*before.meetings, *after.meetings}
    change = {person: after.people.get(person, 0.0) - before.people.get(person, 0.0) for person in named}
    rows = [
        (
            person,
            f"{before.meetings[person]}",
            f"{after.meetings[person]}",
            f"{before.people.get(person, 0.0):.2f}",
            f"{after.people.get(person, 0.0):.2f}",
        )
        for person in sorted(change, key=lambda person: (-abs(change[person]), person))
        if abs(change[person]) >= 0.005
    ]
    return _rows("Whose burden changes", ("person", "meetings", "changed", "points", "changed"), rows, right=4)


def _closing(found: ChangePlan) -> Iterator[str]:
    refused = [f"{fate.id} ({fate.after.refused})" for fate in found.fates if fate.after and fate.after.refused]
    if refused:
        yield f"The check refuses what was found for {', '.join(refused)}; that is a fault of Attune's own: report it."
    yield from _verdict(found)
    yield "Nothing was sent, and nothing has changed."


def _verdict(found: ChangePlan) -> Iterator[str]:
    """Say what ``attune run`` would make of another policy."""
    if found.weighed is not None:
        if not found.terms:
            yield "The policy says what the one in force says."
        would = "refuse" if found.weighed.too_many else "accept"
        yield f"`attune run` would {would} this policy: {found.weighed}."
    elif found.terms:
        yield "`attune run` would accept this policy: the one in force does not fit these people, to be compared."


def _rows(title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]], right: int = 0) -> Table | None:
    """Lay rows out; nothing where there are none."""
    if not rows:
        return None
    table = _table(title, *columns, right=right)
    for row in rows[:NAMED]:
        table.add_row(*row)
    if len(rows) > NAMED:
        table.caption = f"and {len(rows) - NAMED} more; --json has all"
    return table


def _table(title: str, *columns: str, right: int) -> Table:
    """Open a table whose last columns hold figures."""
    from rich.table import Table

    table = Table(title=title)
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place >= len(columns) - right else "left")
    return table
