"""``attune db``: bring the database's tables up to date, those of the workers too, or make them anew."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from agent.cli.options import Home


class Action(Enum):
    """What can be done with the database."""

    UPGRADE = "upgrade"
    CREATE = "create"


def command(
    action: Annotated[Action, typer.Argument(help="What to do: upgrade or create.", show_default=False)],
    home: Home = None,
) -> None:
    """Bring the tables of the store up to date; on PostgreSQL also those that “run --workers” needs.

    Doing it again is harmless. It may be done while Attune runs.

    “create” begins anew where the store was lost and there is no backup: Attune then knows of nothing that it has
    booked or sent, and does it again. The first start of all needs no such command.

    \b
    Example:
      attune db upgrade --home /srv/attune
      attune db create --home /srv/attune
    """
    from agent.store import lease_tables
    from agent.wiring.alone import open_alone

    with open_alone(home, anew=action is Action.CREATE) as alone:
        store = alone.store
        typer.echo(store.ping())
        if store.serves_many:
            typer.echo(f"workers: tables of Procrastinate {lease_tables.upgrade(store)}")
