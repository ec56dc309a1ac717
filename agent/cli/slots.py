"""``attune slots``: the times at which a relationship could meet."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.options import AsJson, At, From, Home, Refused, end_of, named

if TYPE_CHECKING:
    from agent.core.explain import Reason
    from agent.core.relationships import Relationship
    from agent.core.slots import Search, Slot


TABLE = 20
"""Rows of a table, where nobody says how many."""

OFFERED = 5
"""Times instead of a booked one, where nobody says how many."""


def command(
    relationship: Annotated[str, typer.Argument(help="Id of a pair or circle.", show_default=False)],
    home: Home = None,
    first: From = None,
    weeks: Annotated[
        int | None, typer.Option(min=1, max=520, help="For so many weeks; else to the policy's horizon.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Show only the best so many; a table shows 20, --json all.")
    ] = None,
    instead: Annotated[
        bool,
        typer.Option("--instead", help="Other times for the booked meeting: five, on different days where there are."),
    ] = False,
    as_json: AsJson = False,
    at: At = None,
) -> None:
    """List every time at which a relationship could meet, best first, or say what stands in the way.

    \b
    Example:
      attune slots pair-1 --from 2027-03-01 --weeks 2 --limit 5
      attune slots pair-1 --instead
    """
    if instead and (first or weeks):
        raise Refused("--instead looks around the day on which the meeting is due; leave --from and --weeks out")
    from agent.cli.progress import opened
    from agent.core.alternatives import alternatives
    from agent.core.explain import reasons
    from agent.core.timespan import whole_minutes
    from agent.services.find_slots import find_others, find_slots

    with opened(home, at=at) as app:
        found = named(app.programme.relationships, relationship, "pair or circle")
        end = end_of(first, weeks, app.programme.clock.now())
        search = find_others(app.programme, found) if instead else find_slots(app.programme, found, first, end)
    if search is None:
        raise Refused(f"{found.id} has no meeting booked; leave --instead out for every time at which it could meet")
    why = () if search.slots else reasons(search, whole_minutes(found.policy.grid))
    most = limit if as_json else limit or TABLE
    shown = alternatives(search, limit or OFFERED) if instead else search.slots[:most]
    if as_json:
        typer.echo(json.dumps(as_object(found, shown, why), indent=2, ensure_ascii=False))
    else:
        _show(found, shown, why, search)


def as_object(relationship: Relationship, shown: tuple[Slot, ...], why: tuple[Reason, ...]) -> dict[str, Any]:
    """Give the object that ``--json`` prints; documented in docs/commands.md."""
    found: dict[str, Any] = {
        "relationship": relationship.id,
        "candidates": [
            {
                "start": _instant(slot.span.starts_at),
                "end": _instant(slot.span.ends_at),
                "burden": {person: round(points, 6) for person, points in slot.burden.items()},
                "medium": slot.medium.value,
            }
            for slot in shown
        ],
    }
    if not shown:
        found["reasons"] = [{"kind": str(r.kind), "minutes": r.minutes, "only": r.only} for r in why]
    return found


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _show(relationship: Relationship, shown: tuple[Slot, ...], why: tuple[Reason, ...], search: Search) -> None:
    from rich.console import Console

    from agent.cli.slots_text import reasons_table, slots_table

    console = Console()
    if shown:
        console.print(slots_table(relationship, shown, console.width))
        if len(shown) < len(search.slots):
            console.print(f"{len(search.slots)} in all; shown are the best {len(shown)}.")
        return
    console.print(reasons_table(why))
    if search.beyond:
        console.print(
            "Nothing is booked that far ahead yet; with --weeks it is looked at all the same.", soft_wrap=True
        )
    unread = [person.id for person in relationship.people if search.observed.of(person.id).busy is None]
    if unread:
        whose = " and of ".join(unread)
        said = f"A calendar of {whose} cannot be read, and unknown is not free; `attune doctor` says why."
        console.print(said, markup=False, soft_wrap=True)
