"""``attune check``: every mistake of the three files at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from agent.cli.options import AsJson, Home

if TYPE_CHECKING:
    from agent.settings.errors import Problem
    from agent.settings.load import Settings


def command(home: Home = None, as_json: AsJson = False) -> None:
    """Name every mistake in a deployment's files, each as file:line:column path: what is wrong; what to write.

    Exit code 2 where there are mistakes. Warnings, such as a secret that is not there yet, leave it at 0.
    Nothing outside the folder is asked: “attune doctor” does that.

    With --json, one object: “ok” (true or false); “problems” and “warnings”, lists of objects with “file”, “line”,
    “column”, “path”, “problem” and “advice”; and where ok, the numbers of “people”, “pairs” and “circles”.

    \b
    Example:
      attune check --home mentoring
    """
    from agent.cli.progress import share_passed
    from agent.clock import SystemClock
    from agent.settings.errors import SettingsError
    from agent.settings.load import find_home
    from agent.settings.notices import notices
    from agent.wiring import load_settings

    try:
        with share_passed("reading people.yaml") as passed:
            settings = load_settings(find_home(home), passed=passed)
    except SettingsError as error:
        typer.echo(_json_of(error.problems, []) if as_json else _listed(error.problems))
        raise typer.Exit(2) from None
    with share_passed("looking for what is odd") as passed:
        warnings = notices(settings, SystemClock().now(), passed)
    if as_json:
        typer.echo(_json_of([], warnings, _numbers(settings)))
        return
    for warning in warnings:
        typer.echo(f"warning: {warning}", err=True)
    typer.echo(summary(settings, len(warnings)))


def summary(settings: Settings, warnings: int) -> str:
    """Say what a deployment without mistakes holds, in one line, and how many warnings there were."""
    words = {"people": "person", "pairs": "pair", "circles": "circle"}
    counted = (f"{count} {words[many] if count == 1 else many}" for many, count in _numbers(settings).items())
    warned = ["1 warning" if warnings == 1 else f"{warnings} warnings"] if warnings else []
    return f"{', '.join(counted)}: {', '.join(['no mistakes', *warned])}"


def _numbers(settings: Settings) -> dict[str, int]:
    people = settings.people
    return {"people": len(people.people), "pairs": len(people.pairs), "circles": len(people.circles)}


def _listed(problems: tuple[Problem, ...]) -> str:
    count = "1 mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
    return "\n".join([*map(str, problems), count])


def _json_of(
    problems: tuple[Problem, ...] | list[Problem], warnings: list[Problem], numbers: dict[str, int] | None = None
) -> str:
    report = {
        "ok": not problems,
        "problems": [_object(problem) for problem in problems],
        "warnings": [_object(warning) for warning in warnings],
        **(numbers or {}),
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def _object(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.position.line,
        "column": problem.position.column,
        "path": problem.path,
        "problem": problem.wrong,
        "advice": problem.advice,
    }
