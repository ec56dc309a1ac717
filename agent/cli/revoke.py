"""``attune revoke``: take back what somebody granted."""

from __future__ import annotations

from typing import Annotated

import typer

from agent.cli.options import At, Home, Refused

THERE = {
    "withdrawn": "withdrawn at {provider}, forgotten here",
    "gone": "{provider} did not know it any more; forgotten here",
    "by hand": "forgotten here; at {provider} only {person} can withdraw it, on their account's page of apps",
}


def command(
    person: Annotated[str, typer.Argument(metavar="PERSON", show_default=False, help="Id of the person.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    here_only: Annotated[
        bool, typer.Option("--here-only", help="Forget it here without asking the provider, as where the key is lost.")
    ] = False,
    home: Home = None,
    at: At = None,
) -> None:
    """Take back every grant of a person: at the provider, then here, where account and tokens are forgotten.

    Where the provider cannot be reached nothing is changed; do it again later. Their calendar there is unknown from
    then on, and nothing is booked for them. “attune invite PERSON” asks for a new grant.

    \b
    Example:
      attune revoke mentor-1 --home /srv/attune
    """
    from agent.cli.progress import opened
    from agent.services.revoke_consent import given_by, revoke

    with opened(home, at=at) as app:
        found = given_by(app.programme, person)
        if not found:
            raise Refused(f"{person} has granted nothing that could be taken back; “attune grants” shows who has")
        providers = ", ".join(grant.provider for grant in found)
        if not yes:
            typer.confirm(f"Take back what {person} granted at {providers}?", abort=True)
        for grant in found:
            done = revoke(app.programme, grant, here_only=here_only)
            typer.echo(THERE[done.there.value].format(provider=done.provider, person=done.person))
