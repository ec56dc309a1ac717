"""What several commands share: the options they all know, and how they refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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


class Refused(Exception):
    """The command cannot do what was asked, for a reason its sentence gives; exit code 2."""
