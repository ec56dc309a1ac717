"""``attune plan --policy`` and ``--people``: what a change would do, read from the new files and printed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from agent.cli.progress import opened, rows_passed

if TYPE_CHECKING:
    from agent.services.plan_change import ChangePlan
    from agent.settings.document import Document
    from agent.settings.values import Deployment
    from agent.wiring import App

WEEKS = 8
"""How many weeks are played where nobody says."""


def show(
    home: Path | None, at: datetime | None, policy: Path | None, people: Path | None, weeks: int, *, as_json: bool
) -> None:
    """Play the weeks and print what they come to. Raises ``SettingsError`` with every mistake of the new files."""
    from agent.cli.plan_change_object import as_object
    from agent.cli.plan_change_text import show as show_text

    with opened(home, at=at) as app:
        found = _planned(app, policy, people, weeks)
    if as_json:
        typer.echo(json.dumps(as_object(found), indent=2, ensure_ascii=False))
    else:
        show_text(found)


def _planned(app: App, policy: Path | None, people: Path | None, weeks: int) -> ChangePlan:
    """Without another policy it stays the one that is taken in: a file that was refused changes nothing yet."""
    from dataclasses import replace

    from agent.services.plan_change import plan_change
    from agent.services.weigh_policy import taken_in
    from agent.settings.document import recall
    from agent.settings.reading import read

    last = taken_in(app.programme.store)

    def documents(*, new_policy: bool = False, new_people: bool = False) -> dict[str, Document]:
        """Read anew each time: a document that was loaded is empty."""
        found = {"policy.yaml": recall("policy.yaml", last)} if last is not None else {}
        if policy and new_policy:
            found["policy.yaml"] = read(Path(), str(policy))
        if people and new_people:
            found["people.yaml"] = read(Path(), str(people), listing=True)
        return found

    old = app.programme if last is None else replace(app.programme, deployment=app.read(documents()))
    with app.changed(documents(new_policy=True, new_people=True)) as new:
        unchanged = _unchanged(app, documents(new_people=True)) if policy else None
        return plan_change(old, new, weeks, rows_passed, unchanged)


def _unchanged(app: App, instead: Mapping[str, Document]) -> Deployment | None:
    """The new roster with the old policy; None where the two do not fit together, and nothing can be compared."""
    from agent.settings.errors import SettingsError

    try:
        return app.read(instead)
    except SettingsError:
        return None
