"""``attune doctor``: whether every part is well, and what to do where it is not."""

from __future__ import annotations

import json
from dataclasses import asdict
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
    """Look at package, data, time zones, store, calendars and mail; exit 1 where one is not well.

    \b
    Example:
      attune doctor --home /srv/attune
    """
    from agent.services.diagnose import diagnose_installation, diagnose_programme, retry_failed, store_trouble
    from agent.store.errors import StoreError
    from agent.wiring import build, has_deployment

    findings = list(diagnose_installation())
    if home is not None or has_deployment():
        try:
            with build(home) as app:
                if retry:
                    typer.echo(f"{retry_failed(app.programme)} effects put back in the queue", err=True)
                findings += diagnose_programme(app.programme, offline=offline)
        except StoreError as error:
            findings.append(store_trouble(error))
    else:
        typer.echo("No deployment here: only the installation was looked at. `attune init DIR` makes one.", err=True)
    if as_json:
        typer.echo(json.dumps({"findings": [asdict(f) for f in findings]}, indent=2, ensure_ascii=False))
    else:
        _show(findings)
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


def _show(findings: list[Finding]) -> None:
    for finding in findings:
        mark = "well" if finding.well else "ILL "
        typer.echo(f"{mark}  {finding.part}: {finding.says}")
        if finding.advice:
            typer.echo(f"      → {finding.advice}")
