"""``attune grants``: who granted access, and where it does not work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from agent.cli.options import AsJson, Home

if TYPE_CHECKING:
    from agent.wiring.alone import Alone


def command(home: Home = None, as_json: AsJson = False) -> None:
    """List who granted access at which provider, whether it works, and what they did not tick.

    A grant is working, needs-consent (it stopped working; the person was sent a link), revoked, or missing, where a
    calendar in people.yaml needs one. Which account it is of is not shown. No key is needed.

    \b
    Example:
      attune grants --json
    """
    from agent.services.list_grants import list_grants
    from agent.wiring.alone import open_alone

    with open_alone(home) as alone:
        found = list_grants(alone.store, _needed(alone))
    if as_json:
        typer.echo(json.dumps({"grants": found}, indent=2, ensure_ascii=False))
    else:
        _show(found)


def _needed(alone: Alone) -> set[tuple[str, str]]:
    """People and providers of people.yaml; none where the files hold mistakes, which “attune check” names."""
    from agent.settings.errors import SettingsError
    from agent.wiring import load_deployment
    from connectors import registry

    try:
        calendars = load_deployment(alone.at.home, alone.clock.now()).calendars
    except SettingsError:
        typer.echo("the files hold mistakes: shown is what the store knows (see `attune check`)", err=True)
        return set()
    return {
        (person, provider)
        for person in calendars
        for each in calendars[person]
        if (provider := registry.provider_of(each))
    }


def _show(found: list[dict[str, Any]]) -> None:
    if not found:
        typer.echo("nobody has granted anything, and no calendar needs it")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("person", "provider", "status", "since (UTC)", "used (UTC)", "asked (UTC)", "not ticked")
    for row in found:
        since = row["failed"] if row["status"] in {"needs-consent", "revoked"} else row["given"]
        moments = (moment[:16].replace("T", " ") if moment else "-" for moment in (since, row["used"], row["asked"]))
        table.add_row(row["person"], row["provider"], row["status"], *moments, " ".join(row["withheld"]) or "-")
    Console().print(table)
