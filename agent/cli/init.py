"""``attune init``: a deployment folder that is right from the start."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import Refused

SCHEMAS = Path(".attune/schema")
COPIES = {
    "attune.yaml": "attune.yaml",
    "policy.yaml": "policy.yaml",
    "people.yaml": "people.yaml",
    "calendars/mentor-1.ics": "empty.ics",
    "calendars/mentee-1.ics": "empty.ics",
}
"""Files of a new deployment, and what each is a copy of below ``config/deployment``."""

FOLDERS = {"decks": 0o755, "templates": 0o755, "calendars": 0o755, "secrets": 0o700}


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write it; made if it is not there.")],
) -> None:
    """Write a new deployment folder, commented and free of mistakes.

    It holds attune.yaml, policy.yaml and people.yaml with two example people, folders for secrets, calendars,
    question decks and overridden templates, and the JSON Schemas by which editors complete the three files.
    A file that is there already is never touched: then nothing is written, and the exit code is 2.

    \b
    Example:
      attune init mentoring && attune check --home mentoring
    """
    write(folder)
    typer.echo(f"{folder} is ready: edit people.yaml, then run “attune check --home {folder}”")


def write(folder: Path) -> None:
    """Write a deployment; raises ``Refused`` and writes nothing where any of its files exists."""
    from agent.resources import data_dir

    source = data_dir("config")
    copies = {folder / name: source / "deployment" / origin for name, origin in COPIES.items()}
    copies |= {folder / SCHEMAS / schema.name: schema for schema in sorted((source / "schema").glob("*.json"))}
    _refuse_to_overwrite(folder, list(copies))
    for name, mode in FOLDERS.items():
        (folder / name).mkdir(mode=mode, parents=True, exist_ok=True)
    for target, origin in copies.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(origin.read_bytes())


def _refuse_to_overwrite(folder: Path, targets: list[Path]) -> None:
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is a file; name a folder")
    there = [str(target.relative_to(folder)) for target in targets if target.exists() or target.is_symlink()]
    if there:
        raise Refused(f"{folder} already has {', '.join(there)}; nothing was written: name another folder")
