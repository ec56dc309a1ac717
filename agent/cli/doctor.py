"""``attune doctor``: whether every part is well, and what to do where it is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import AsJson, Home

if TYPE_CHECKING:
    from agent.services.diagnose import Finding


def command(
    home: Home = None,
    offline: Annotated[bool, typer.Option("--offline", help="Leave out calendars and the mail server.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Put effects that were set aside back in the queue.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look at package, data, time zones, store, files, calendars and mail; exit 1 where one is not well.

    \b
    Example:
      attune doctor --home /srv/attune
    """
    from agent.services.diagnose import diagnose_installation
    from agent.wiring import has_deployment

    findings = list(diagnose_installation())
    if home is not None or has_deployment():
        findings += _deployment(home, offline=offline, retry=retry)
    else:
        typer.echo("No deployment here: only the installation was looked at. `attune init DIR` makes one.", err=True)
    if as_json:
        typer.echo(json.dumps({"findings": [asdict(f) for f in findings]}, indent=2, ensure_ascii=False))
    else:
        _show(findings)
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


def _deployment(home: Path | None, *, offline: bool, retry: bool) -> Iterator[Finding]:
    """Look at as much of a deployment as its files let us: the store needs attune.yaml only."""
    from agent.services.diagnose import (
        diagnose_files,
        diagnose_grants,
        diagnose_outside,
        diagnose_roster,
        diagnose_secrets,
        diagnose_store,
        retry_failed,
        store_trouble,
    )
    from agent.settings.errors import SettingsError
    from agent.store.errors import StoreError
    from agent.wiring.alone import open_alone
    from agent.wiring.parts import open_vault

    try:
        with open_alone(home) as alone:
            if retry:
                typer.echo(f"{retry_failed(alone.store, alone.clock.now())} effects put back in the queue", err=True)
            yield from diagnose_store(alone.store)
            yield from diagnose_grants(alone.store, open_vault(alone.at.home, alone.at.attune.key_file))
            with alone.programme() as programme:
                yield diagnose_roster(programme)
                yield diagnose_secrets(programme.deployment)
                yield from () if offline else diagnose_outside(programme)
    except SettingsError as error:
        yield from diagnose_files(error)
    except StoreError as error:
        yield store_trouble(error)


def _show(findings: list[Finding]) -> None:
    for finding in findings:
        mark = "well" if finding.well else "ILL "
        typer.echo(f"{mark}  {finding.part}: {finding.says}")
        if finding.advice:
            typer.echo(f"      → {finding.advice}")
