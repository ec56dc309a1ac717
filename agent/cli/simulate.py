"""``attune simulate``: months of a made-up programme in minutes, with everything going wrong that can."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.options import AsJson, Refused, make_folder, write

if TYPE_CHECKING:
    from agent.simulation.years.history import History
    from agent.simulation.years.trial import Trial


class Weather(StrEnum):
    """How much goes wrong."""

    NONE = "none"
    LIGHT = "light"
    HEAVY = "heavy"


DRAWN = ("pairs", "weeks", "seed", "faults", "policy")
"""What a history is drawn from: one that was written has it all."""


def command(
    context: typer.Context,
    pairs: Annotated[int, typer.Option(min=1, max=100_000, help="Pairs and circles.")] = 1000,
    weeks: Annotated[int, typer.Option(min=2, max=104, help="Weeks of programme time.")] = 26,
    seed: Annotated[int, typer.Option(help="Another seed, another history; the same seed, the same one.")] = 0,
    faults: Annotated[Weather, typer.Option(help="How much goes wrong.")] = Weather.LIGHT,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Another policy.yaml; without it the one that ships.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for a page with pictures.")] = None,
    replay: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A history that was written, instead of a new one.")
    ] = None,
    tries: Annotated[int, typer.Option(min=0, help="Runs to spend on making a failing history shorter.")] = 60,
    store: Annotated[
        str | None, typer.Option(metavar="URL", help="An empty database to work on; without it SQLite in a folder.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run a made-up programme through weeks of trouble, and check that every promise was kept.

    The loop, the store and the mails are the real ones; people, calendars, providers and time are made up from a
    seed. People answer, move, delete and fall ill; with faults, providers fail and the process is killed. Where a
    promise is broken, the shortest history that still breaks it is written to failing-SEED.json, and exit is 1.

    \b
    Example:
      attune simulate --pairs 50 --weeks 8 --seed 7 --faults heavy
      attune simulate --replay failing-7.json
    """
    from agent import log
    from agent.simulation.years.figures import as_object
    from agent.simulation.years.trial import attempt

    history = _replayed(replay, _given(context)) if replay else _draw(seed, pairs, weeks, faults, policy)
    if out is not None:
        make_folder(out)
    with log.silenced(), _progress(history) as passed:
        trial = attempt(history, store=store, passed=passed)
    if as_json:
        typer.echo(json.dumps(as_object(trial), indent=2, ensure_ascii=False))
    else:
        _show(trial)
    if out is not None:
        from agent.simulation.years.sheet import write_sheet

        write_sheet(trial, out / "index.html")
        typer.echo(f"Look at {out / 'index.html'}", err=True)
    if trial.findings:
        _shorten(trial, tries, (out or Path()) / f"failing-{history.seed}.json")
        raise typer.Exit(1)


def _draw(seed: int, pairs: int, weeks: int, faults: Weather, policy: Path | None) -> History:
    from agent.simulation.years.fate import WEATHERS, draw_history

    return draw_history(seed, pairs, weeks, WEATHERS[faults.value], _policy(policy) if policy else {})


def _policy(file: Path) -> dict[str, Any]:
    """Read a policy file. Raises ``SettingsError`` with every mistake in it."""
    from agent.settings.complaints import validate
    from agent.settings.errors import SettingsError
    from agent.settings.policy_file import PolicyFile
    from agent.settings.policy_rules import check
    from agent.settings.reading import read

    document = read(file.parent, file.name)
    validate(PolicyFile, document)
    check(document)
    if document.problems:
        raise SettingsError(list(document.problems))
    values: Any = document.data
    return {str(key): value for key, value in values.items()}


def _replayed(file: Path, given: Iterable[str]) -> History:
    """Read what was written; it holds all that ``given`` options would say."""
    from agent.simulation.years.replay import NotReplayable, read_history

    if options := " and ".join(given):
        raise Refused(
            f"--replay runs a history that was drawn already, with its own people and policy; leave {options} out"
        )
    try:
        return read_history(file)
    except NotReplayable as error:
        raise Refused(f"{file} cannot be replayed: {error}") from error


def _given(context: typer.Context) -> list[str]:
    """Options on the command line that say what to draw."""
    sources = {name: context.get_parameter_source(name) for name in DRAWN}
    return [f"--{name}" for name, source in sources.items() if source and source.name == "COMMANDLINE"]


@contextmanager
def _progress(history: History) -> Iterator[Callable[[int], None]]:
    """A bar over the weeks, where somebody is watching."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    from agent.simulation.years.history import WEEK

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _now: None
        return
    columns = (TextColumn("week {task.completed:.0f} of {task.total}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        task = progress.add_task("", total=history.weeks)
        yield lambda now: progress.update(task, completed=(now - history.start) / WEEK)


def _show(trial: Trial) -> None:
    from rich.console import Console
    from rich.table import Table

    from agent.simulation.years.figures import count

    history, figures = trial.history, count(trial)
    title = f"{len(history.relationships)} relationships, {history.weeks} weeks, seed {history.seed}"
    table = Table("", "", title=title, show_header=False)
    table.columns[1].justify = "right"
    for what, number in figures.counts.items():
        table.add_row(what, str(number))
    table.add_row("mails a person and week", f"{figures.mails_a_week:.2f}")
    table.add_row("burden of a person, median and highest", f"{_middle(figures.points):.1f}, {max(figures.points):.1f}")
    bad = len(trial.findings)
    table.add_row("promises not kept", str(bad), style="bold red" if bad else None)
    Console().print(table)


def _middle(points: tuple[float, ...]) -> float:
    return points[len(points) // 2]


def _shorten(trial: Trial, tries: int, target: Path) -> None:
    """Say what was broken, and write down the shortest history that still breaks it."""
    from agent import log
    from agent.simulation.years.history import dump
    from agent.simulation.years.judging.lives import spoken
    from agent.simulation.years.shrink import Shrinker

    for finding in trial.findings[:20]:
        typer.echo(f"{spoken(finding.at)} {finding.invariant}: {finding.relationship} {finding.what}", err=True)
    with log.silenced():
        shortest = Shrinker(trial.findings[0].invariant, tries).shrink(trial).history
    write(target, dump(shortest))
    parts = (len(shortest.relationships), shortest.weeks, len(shortest.acts), len(shortest.faults), len(shortest.kills))
    told = "{} relationships, {} weeks, {} acts, {} faults, {} kills".format(*parts)
    typer.echo(f"Shortest that still fails: {told}. Again: attune simulate --replay {target}", err=True)
