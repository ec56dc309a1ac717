"""``attune demo``: a whole programme on this machine, run in a minute and judged from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Annotated, Any

import typer

from agent.cli.options import Refused

START = datetime(2027, 2, 1, tzinfo=UTC)
"""A Monday; the sixteen weeks from here hold the clock changes of three continents."""


def command(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for everything that comes out.")] = Path(
        "demo-out"
    ),
    weeks: Annotated[int, typer.Option(min=1, max=26, help="Weeks of programme time.")] = 16,
) -> None:
    """Run a programme of five people on this machine, and check from outside that every promise was kept.

    Starts a calendar server and a mail server of its own, on loopback only, lets time jump from one moment to the
    next, and writes index.html with all that happened. Exits with 1 where anything is not as promised.

    \b
    Example:
      attune demo --out demo-out
      attune demo --out /tmp/short --weeks 4
    """
    from agent.simulation.servers import missing_packages

    if missing := missing_packages():
        typer.echo(f"attune: the demo needs {' and '.join(missing)}: pip install 'attune-agent[demo]'", err=True)
        raise typer.Exit(1)
    _make_room(out)
    verdict = _rehearse(out, weeks)
    _show(verdict)
    typer.echo(f"Look at {out / 'index.html'}")
    if not verdict["as_promised"]:
        raise typer.Exit(1)


def _make_room(out: Path) -> None:
    """Clear away what an earlier run has left; anything else is not ours to touch."""
    import shutil

    if not out.exists():
        return
    if any(out.iterdir()) and not ((out / "acts.json").is_file() and (out / "home" / "attune.yaml").is_file()):
        raise Refused(f"{out} holds something that no demo has written; name another folder with --out")
    shutil.rmtree(out)


def _rehearse(out: Path, weeks: int) -> dict[str, Any]:
    """Run the programme in a world of its own; give the judge's verdict."""
    from agent import log
    from agent.cli.journal import as_object
    from agent.simulation.drive import drive
    from agent.simulation.exhibit import write_exhibit
    from agent.simulation.world import World
    from agent.store import journal
    from agent.wiring import build

    began = monotonic()
    world = World.create(out.absolute(), START)
    with (out / "attune.log").open("w", encoding="utf-8") as stream, world.running():
        log.configure(stream=stream)
        with build(world.home, world.clock) as app, app.exclusive():
            with _progress(weeks) as passed:
                drive(world, app, START + timedelta(weeks=weeks), passed)
            with app.programme.store.begin() as tx:
                entries = [as_object(entry) for entry in journal.read(tx)]
            stream.flush()
            return write_exhibit(world, app.programme, START, entries, monotonic() - began)


@contextmanager
def _progress(weeks: int) -> Iterator[Callable[[datetime], None]]:
    """A bar over the programme's weeks; one line for every fourth where nobody is watching."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        told: set[int] = set()
        yield lambda now: _tell(now, weeks, told)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=weeks)
        yield lambda now: progress.update(task, completed=_week(now), description=f"{now:%a %d %b %Y}")


def _week(now: datetime) -> float:
    return (now - START) / timedelta(weeks=1)


def _tell(now: datetime, weeks: int, told: set[int]) -> None:
    week = int(_week(now))
    if week % 4 == 0 and week not in told:
        told.add(week)
        typer.echo(f"{now:%Y-%m-%d}: week {week} of {weeks}", err=True)


def _show(verdict: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("found from outside", "", "promised", title="Calendars and mailboxes, looked at from outside")
    table.columns[1].justify = "right"
    for what, count in verdict["figures"].items():
        table.add_row(what, str(count), "")
    for what, count in verdict["faults"].items():
        table.add_row(what, str(count), "0", style="bold red" if count else None)
    console = Console()
    console.print(table)
    for finding in verdict["findings"][:20]:
        console.print(f"{finding['fault']}: {finding['what']}", markup=False, highlight=False)
