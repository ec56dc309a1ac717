"""``attune journal``: what was decided and done, and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.options import AsJson, Home, named

if TYPE_CHECKING:
    from agent.core.journal import Entry


def command(
    home: Home = None,
    relationship: Annotated[str | None, typer.Option("--for", metavar="RELATIONSHIP", help="Only this one.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the newest so many lines.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the journal, oldest line first.

    \b
    Example:
      attune journal --for pair-1 --limit 20
    """
    from agent.store import journal as lines
    from agent.store import relationships
    from agent.wiring.alone import open_alone

    with open_alone(home) as alone, alone.store.look() as tx:
        entries = lines.read(tx, relationship=relationship)
        if relationship and not entries:
            known = alone.relationships()
            named(dict.fromkeys(relationships.names(tx)) if known is None else known, relationship, "pair or circle")
    shown = entries[-limit:] if limit else entries
    if as_json:
        typer.echo(json.dumps({"entries": [as_object(entry) for entry in shown]}, indent=2, ensure_ascii=False))
        return
    for entry in shown:
        typer.echo(as_line(entry))


def as_object(entry: Entry) -> dict[str, Any]:
    """Give one line as ``--json`` prints it; documented in docs/commands.md."""
    return {
        "at": entry.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "event": entry.event,
        "relationship": entry.relationship,
        "number": entry.number,
        "person": entry.person,
        "detail": dict(sorted(entry.detail.items())),
    }


def as_line(entry: Entry) -> str:
    """Give one line for reading."""
    about = " ".join(
        str(part) for part in (entry.relationship, entry.number and f"#{entry.number}", entry.person) if part
    )
    detail = " ".join(f"{key}={value}" for key, value in sorted(entry.detail.items()))
    return f"{entry.at:%Y-%m-%d %H:%M} {entry.event:<20} {about:<28} {detail}".rstrip()
