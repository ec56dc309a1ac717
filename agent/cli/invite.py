"""``attune invite``: personal links by which people grant access, sent by mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.options import At, Home, Refused, named

if TYPE_CHECKING:
    from agent.services.programme import Programme


def command(
    people: Annotated[
        list[str] | None, typer.Argument(metavar="PERSON…", show_default=False, help="Their ids.")
    ] = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="Everybody whose calendar needs a grant that there is not, or not any more.")
    ] = False,
    home: Home = None,
    at: At = None,
) -> None:
    """Send people a personal link by which they grant access to their calendar.

    A link works once, for two weeks. The mail leaves at once where its reader may be written to now, else with the
    first sweep of “attune run” in their hours. Asking again while a mail is on its way sends no second one.

    \b
    Example:
      attune invite mentor-1 mentee-1 --home /srv/attune
      attune invite --all --home /srv/attune
    """
    from agent.cli.progress import opened
    from agent.services.invite import invite, without_grant
    from agent.services.send_grant_mails import send_grant_mails

    if bool(people) == everybody:
        raise Refused("say whom to invite: ids of people, or --all")
    with opened(home, at=at) as app:
        programme = app.programme
        _ready(programme)
        asked = without_grant(programme) if everybody else list(dict.fromkeys(people or ()))
        for person in asked:
            named(programme.people, person, "person")
        waiting = invite(programme, asked)
        send_grant_mails(programme)
        _tell(programme, asked, waiting)


def _ready(programme: Programme) -> None:
    """See that a link would lead somewhere, and that what comes of it could be kept."""
    if programme.deployment.web is None:
        raise Refused("attune.yaml does not say where people reach Attune's pages; write “web: {url: https://…}”")
    programme.vault.keys()


def _tell(programme: Programme, asked: Sequence[str], waiting: Sequence[str]) -> None:
    from agent.store import grant_mails

    if not asked:
        typer.echo("nobody is without a grant that their calendars need")
    with programme.store.look() as tx:
        found = {person: grant_mails.outlook(tx, person) for person in asked}
    for person, outlook in found.items():
        typer.echo(f"{person}: {_sentence(*outlook, again=person in waiting)}" if outlook else f"{person}: not sent")


def _sentence(status: str, moment: datetime, *, again: bool) -> str:
    when = f"{moment:%Y-%m-%d %H:%M} UTC"
    if status == "sent":
        return f"sent {when}"
    if status in {"pending", "doing"}:
        return f"{'on its way already, ' if again else ''}goes out from {when} on"
    return "not sent; “attune doctor” says why"
