"""``attune plan``: what would be booked next, or what a change of policy or roster would do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.failures import UNEXPECTED
from agent.cli.options import AsJson, At, Home, Refused

if TYPE_CHECKING:
    from agent.core.cohort.problem import Budget
    from agent.core.relationships import Relationship
    from agent.core.timespan import Span
    from agent.services.plan_programme import Next, Placed, Together

NAMED = 10
"""Meetings without a place that are named below the table."""

ROUNDS = 60
"""How hard a plan is looked for where nobody says."""


def command(
    home: Home = None,
    cohort: Annotated[
        bool, typer.Option("--cohort", help="Place all meetings that are due together, not one by one.")
    ] = False,
    weeks: Annotated[
        int | None,
        typer.Option(min=1, max=104, help="For so many weeks; else to the policy's horizon, 8 weeks for a change."),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(metavar="FILE", show_default=False, help="Show what this would do in the place of policy.yaml."),
    ] = None,
    people: Annotated[
        Path | None,
        typer.Option(metavar="FILE", show_default=False, help="Show what this would do in the place of people.yaml."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="With --cohort: another seed may find another plan as good; 0 if left out.")
    ] = None,
    budget: Annotated[
        int | None,
        typer.Option(
            min=1,
            help=f"With --cohort: how hard to look, in rounds, {ROUNDS} if left out; the same gives the same plan.",
        ),
    ] = None,
    as_json: AsJson = False,
    at: At = None,
) -> None:
    """Show what would be booked next; nothing is booked.

    Without --cohort it goes through the relationships one by one, the longest due first. With --cohort it places all
    meetings that are due in the horizon together, at the least burden it can find, and says how far from the least
    possible that may be.

    With --policy or --people it plays the weeks twice, as things are and with the new file: bookings, moves, mails, who
    is left without a time and why, and the burden of each. Nothing is sent, nothing changes.

    \b
    Example:
      attune plan --cohort --weeks 6
      attune plan --policy new.yaml
    """
    if policy or people:
        if cohort:
            raise Refused("--cohort shows the programme as it is; leave it out, or --policy and --people")
        from agent.cli import plan_change

        plan_change.show(home, at, policy, people, weeks or plan_change.WEEKS, as_json=as_json)
        return
    if not cohort and (seed, budget) != (None, None):
        raise Refused("--seed and --budget say how all are placed together; add --cohort, or leave them out")
    from agent.cli.progress import opened
    from agent.services.plan_programme import plan_one_by_one, plan_together

    seed, budget = seed or 0, budget or ROUNDS
    with opened(home, at=at) as app:
        if cohort:
            with _progress(len(app.programme.relationships)) as passed:
                found = plan_together(app.programme, weeks, seed=seed, budget=_budget(budget), progress=passed)
            shown = cohort_object(found, seed, budget)
        else:
            one_by_one = plan_one_by_one(app.programme, weeks)
            shown = {"relationships": [next_object(each) for each in one_by_one]}
    if as_json:
        typer.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    elif cohort:
        _show_cohort(found)
    else:
        _show(one_by_one)
    _end(found.placed if cohort else one_by_one)


def _end(planned: Iterable[Next | Placed]) -> None:
    """End as a fault of our own where the check has refused some, and name them; all others are as shown."""
    refused = [f"{each.relationship.id} ({each.refused})" for each in planned if each.refused]
    if refused:
        named = ", ".join(refused)
        said = f"attune: the check refuses what was found for {named}; that is a fault of Attune's own: report it"
        typer.echo(f"{said}. All others stand.", err=True)
        raise typer.Exit(UNEXPECTED)


def _budget(rounds: int) -> Budget:
    """Everything that a budget counts, in proportion to its rounds."""
    from agent.core.cohort.problem import Budget

    plain = Budget()
    share = rounds / plain.rounds
    return Budget(
        labels=plain.labels,
        rounds=rounds,
        tries=max(1, round(plain.tries * share)),
        columns=plain.columns,
        nodes=max(1, round(plain.nodes * share)),
    )


def next_object(each: Next) -> dict[str, Any]:
    """Give one relationship's next meeting as ``--json`` prints it; documented in docs/commands.md."""
    return {
        "id": each.relationship.id,
        "standing": str(each.standing),
        "number": each.number,
        "due": _instant(each.due),
        "meeting": _times(each.span),
        "refused": each.refused or None,
    }


def cohort_object(found: Together, seed: int, budget: int) -> dict[str, Any]:
    """Give a plan of the whole programme as ``--json`` prints it; documented in docs/commands.md."""
    return {
        "until": _instant(found.until),
        "seed": seed,
        "budget": budget,
        "optimizer": found.optimized,
        "relationships": [
            {
                "id": each.relationship.id,
                "meetings": [
                    {"number": number, "meeting": _times(span)} for number, span in enumerate(each.spans, each.first)
                ],
                "refused": each.refused or None,
            }
            for each in found.placed
        ],
        "unplaced": len(found.plan.unplaced),
        "cost": _points(found, found.plan.cost),
        "lower_bound": _points(found, found.plan.lower_bound),
        "gap": found.plan.gap,
    }


def _points(found: Together, units: int) -> float:
    """Points of burden, without what stands for meetings that are not placed; nothing costs less than none."""
    from agent.core.cohort.problem import POINT, UNPLACED

    return round(max(units - len(found.plan.unplaced) * UNPLACED, 0) / POINT, 6)


def _times(span: Span | None) -> dict[str, str] | None:
    return {"start": _instant(span.starts_at), "end": _instant(span.ends_at)} if span else None


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def _progress(relationships: int) -> Iterator[Callable[[int, int], None] | None]:
    """A bar over the relationships; nothing where nobody is watching."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("planning"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=relationships)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _show(found: tuple[Next, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("relationship", title="One by one")
    table.add_column("number", justify="right")
    for name in ("next meeting", "UTC", "in their time"):
        table.add_column(name)
    for each in found:
        due = f"due {each.due:%a %d %b}" if each.span is None else ""
        utc = f"{each.span.starts_at:%Y-%m-%d %H:%M}" if each.span else due
        table.add_row(each.relationship.id, str(each.number), each.standing, utc, _walls(each.relationship, each.span))
    Console().print(table)


def _show_cohort(found: Together) -> None:
    from rich.console import Console
    from rich.table import Table

    console, plan = Console(), found.plan
    table = Table("relationship", title=f"Until {found.until:%a %d %b %Y}")
    table.add_column("number", justify="right")
    for name in ("UTC", "in their time"):
        table.add_column(name)
    for each in found.placed:
        for number, span in enumerate(each.spans, each.first):
            utc = f"{span.starts_at:%Y-%m-%d %H:%M}" if span else "refused" if each.refused else "not placed"
            table.add_row(each.relationship.id, str(number), utc, _walls(each.relationship, span))
    console.print(table)
    meetings = sum(len(each.spans) for each in found.placed)
    placed = sum(span is not None for each in found.placed for span in each.spans)
    cost, bound = _points(found, plan.cost), _points(found, plan.lower_bound)
    console.print(f"{placed} of {meetings} meetings placed, at a cost of {cost:.2f} points.")
    console.print(_proof(plan.cost == plan.lower_bound, bound, plan.gap), soft_wrap=True)
    for name, place in plan.unplaced[:NAMED]:
        first = next(each.first for each in found.placed if each.relationship.id == name)
        console.print(f"Not placed: {name}, number {first + place}; `attune explain {name}` says why.", soft_wrap=True)
    if len(plan.unplaced) > NAMED:
        console.print(f"And {len(plan.unplaced) - NAMED} more; the table has them all.")
    if not found.optimized:
        console.print(
            "The bound is weaker than it could be: pip install 'attune-agent[optimizer]' brings the optimizer.",
            markup=False,
            soft_wrap=True,
        )


def _proof(optimal: bool, bound: float, gap: float | None) -> str:
    """Say how good a plan is known to be."""
    if optimal:
        return "No plan costs less."
    share = f", {gap:.3%} of the cost" if gap is not None else ""
    return f"No plan costs less than {bound:.2f} points{share} at the most is to be gained."


def _walls(relationship: Relationship, span: Span | None) -> str:
    """When a meeting starts by each person's clock."""
    from agent.core.zones import local

    if span is None:
        return ""
    return ", ".join(f"{p.id} {local(span.starts_at, p.zone_at(span.starts_at)):%a %H:%M}" for p in relationship.people)
