"""``attune db``: bring the database's tables up to date, those of the workers too."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from agent.cli.options import Home


class Action(Enum):
    """What can be done with the database."""

    UPGRADE = "upgrade"


def command(
    action: Annotated[Action, typer.Argument(help="What to do: upgrade.", show_default=False)],  # noqa: ARG001
    home: Home = None,
) -> None:
    """Bring the tables of the store up to date; on PostgreSQL also those that “run --workers” needs.

    Doing it again is harmless. It may be done while Attune runs.

    \b
    Example:
      attune db upgrade --home /srv/attune
    """
    from agent.store import lease_tables
    from agent.wiring import build

    with build(home) as app:
        store = app.programme.store
        typer.echo(store.ping())
        if store.serves_many:
            typer.echo(f"workers: tables of Procrastinate {lease_tables.upgrade(store)}")
