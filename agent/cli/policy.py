"""``attune policy``: take in a changed policy that was refused."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import At, Home


class Action(Enum):
    """What can be done with the policy."""

    ACCEPT = "accept"


def command(
    action: Annotated[Action, typer.Argument(help="What to do: accept.", show_default=False)],  # noqa: ARG001
    home: Home = None,
    at: At = None,
) -> None:
    """Take in policy.yaml as it is now, however many pairs and circles it leaves without a time.

    It may be done while Attune runs, which then follows at its next sweep, or at once after SIGHUP. What it does is
    shown by “attune plan --policy policy.yaml”.

    \b
    Example:
      attune policy accept --home /srv/attune
    """
    accept(home, at)


def accept(home: Path | None, at: datetime | None) -> None:
    """Accept it, and say so."""
    from agent.wiring import build

    with build(home, at=at) as app:
        app.accept_policy()
    typer.echo("policy.yaml is accepted as it is; an attune at work takes it in at its next sweep", err=True)
