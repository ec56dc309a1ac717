"""``attune backup``: everything that the store holds, as of one moment, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import Home, Refused


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, help="File to write.", show_default=False)],
    home: Home = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a backup of the store, while Attune goes on running.

    The file holds what the database holds and nothing else: no settings, passwords or calendars. Back those up with
    the deployment folder. It is readable by its owner only, and fits SQLite and PostgreSQL alike.

    \b
    Example:
      attune backup /var/backups/attune-monday.backup --home /srv/attune
    """
    from agent.cli.progress import rows_passed
    from agent.store.backup import back_up
    from agent.wiring.alone import open_alone

    if file.exists() and not force:
        raise Refused(f"{file} is there already; name another file, or give --force to write over it")
    if not file.absolute().parent.is_dir():
        raise Refused(f"{file.absolute().parent} is no folder; name a file in one that is there")
    with open_alone(home) as alone, rows_passed("backing up") as passed:
        header = back_up(alone.store, file, alone.clock.now(), passed)
    typer.echo(f"{file}: {header.total} rows of schema {header.schema}, as of {header.taken_at:%Y-%m-%d %H:%M:%S} UTC")
