"""``attune restore``: a backup in the place of the store."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import Home, Refused, WorkedUntil

if TYPE_CHECKING:
    from agent.core.gap import Gap


def command(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", exists=True, dir_okay=False, help="File that “attune backup” wrote.", show_default=False
        ),
    ],
    home: Home = None,
    worked_until: WorkedUntil = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a programme that PostgreSQL holds.")] = False,
) -> None:
    """Put a backup in the place of the store. Stop Attune first.

    Then start it again. Whatever it did after the backup it finds in the calendars by its keys, and does not do again;
    a mail that may have gone out since is not sent, and “attune journal” has a line “withheld” for each.

    With SQLite the replaced file is kept beside the new one. A file that is wrong in any way changes nothing.

    \b
    Example:
      attune restore /var/backups/attune-monday.backup --home /srv/attune
      attune restore monday.backup --worked-until 2027-03-02T09:00Z --home /srv/attune
    """
    from agent.cli.progress import rows_passed
    from agent.clock import SystemClock
    from agent.store import made
    from agent.store.restore import examine, restore
    from agent.wiring.alone import address

    now = SystemClock().now()
    at = address(home)
    backup = examine(file)
    gap = _gap(backup.header.taken_at, worked_until, now)
    with rows_passed("restoring") as passed:
        kept = restore(at.url, backup, gap, now, force=force, progress=passed)
    made.remember(at.url, at.home)
    typer.echo(f"the store is as of {gap.since:%Y-%m-%d %H:%M:%S} UTC: {backup.header.total} rows")
    if kept is not None:
        typer.echo(f"what was there before is in {kept}")
    typer.echo("start Attune again: it looks up in the calendars what was done since")


def _gap(since: datetime, until: datetime | None, now: datetime) -> Gap:
    """The time of which nothing is known. Refuses an end that cannot be."""
    from agent.core.gap import Gap

    if until is not None and not since <= until <= now:
        raise Refused(f"--worked-until lies between the backup, {since:%Y-%m-%dT%H:%M:%SZ}, and now")
    return Gap(since, until or max(since, now))
