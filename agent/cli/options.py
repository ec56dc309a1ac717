"""What several commands share: the options they all know, and how they refuse."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

Thing = TypeVar("Thing")

Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        show_default=False,
        help="Deployment folder; without it ATTUNE_HOME, else this folder.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, documented above.")]


def _instant(text: str) -> datetime:
    """Read an instant; one without an offset is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"“{text}” is not an instant; write one such as 2027-03-01T09:00Z") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


At = Annotated[
    datetime | None,
    typer.Option(
        "--at",
        metavar="INSTANT",
        parser=_instant,
        show_default=False,
        help="Act as if it were this instant, such as 2027-03-01T09:00Z; only where attune.yaml has rehearsal: true.",
    ),
]


class Refused(Exception):
    """The command cannot do what was asked, for a reason its sentence gives; exit code 2."""


def named(known: Mapping[str, Thing], name: str, kind: str) -> Thing:
    """Find something by its id; where there is none, say what there is."""
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, 1)
    advice = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known)) or 'none yet'}"
    raise Refused(f"there is no {kind} {name!r}; {advice}")
