"""``attune status``: how the programme stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from agent.cli.options import AsJson, At, Home

if TYPE_CHECKING:
    from rich.console import Console


def command(home: Home = None, as_json: AsJson = False, at: At = None) -> None:
    """Show every relationship with its next meeting, and whatever is in trouble.

    \b
    Example:
      attune status --json
    """
    from agent.services.report_status import report_status
    from agent.wiring.alone import open_alone

    with open_alone(home, at=at) as alone:
        report = report_status(alone.store, alone.at.attune.programme, alone.relationships(), alone.clock.now())
    if as_json:
        typer.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        _show(report)


def _show(report: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table("relationship", "standing", "meeting", "start (UTC)", "next look (UTC)", title=report["programme"])
    for row in report["relationships"]:
        meeting = row["meeting"] or {}
        number = f"{meeting['number']}" if meeting else "-"
        table.add_row(row["id"], row["standing"], number, _short(meeting.get("start")), _short(row["wake_at"]))
    console.print(table)
    if report["mistakes"]:
        console.print("the files hold mistakes: shown is what the store knows (see `attune check`)")
    if refused := report["policy_refused"]:
        lost = f"{refused['lost']} of {refused['asked']} would have no time"
        console.print(f"the changed policy is refused since {refused['since']}: {lost} (see `attune doctor`)")
    if report["restored"]:
        console.print(f"{report['restored']} restored, not looked up yet: nothing is done for these before")
    _show_troubles(report, console)
    for row in report["relationships"]:
        if row["meeting"] and row["meeting"]["rezoned"]:
            console.print(f"{row['id']}: meeting {row['meeting']['number']} was moved by new rules of a time zone")
    waiting = {k: n for k, n in report["intents"].items() if k in {"pending", "doing", "unknown"} and n}
    if waiting:
        console.print("effects waiting: " + ", ".join(f"{n} {kind}" for kind, n in waiting.items()))


def _show_troubles(report: dict[str, Any], console: Console) -> None:
    """Say which calendars cannot be read, who has to agree again, and what was set aside."""
    for trouble in report["unreadable"]:
        since = trouble["since"] or "the start"
        what = f"cannot read calendar {trouble['calendar'] + 1} of {trouble['person']} since {since}"
        console.print(f"{what} ({trouble['why']}; see `attune doctor`)")
    for grant in report["need_consent"]:
        what = f"{grant['person']} must agree again at {grant['provider']}, since {grant['since']}"
        console.print(f"{what} (see `attune grants`)")
    for failed in report["failed"]:
        console.print(f"set aside in {failed['relationship']}: {failed['why']} (see `attune doctor`)")


def _short(instant: str | None) -> str:
    """An instant as a table has room for it."""
    return instant[:16].replace("T", " ") if instant else "-"
