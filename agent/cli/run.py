"""``attune run``: the daemon, or one sweep of it."""

from __future__ import annotations

from typing import Annotated

import typer

from agent.cli.options import At, Home


def command(
    context: typer.Context,
    home: Home = None,
    once: Annotated[bool, typer.Option("--once", help="Make one sweep and end: for cron and timers.")] = False,
    at: At = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", min=1, help="Keep N processes at work here; needs PostgreSQL."),
    ] = None,
    accept_policy: Annotated[
        bool, typer.Option("--accept-policy", help="Take in a changed policy, however many it leaves without a time.")
    ] = False,
    number: Annotated[int, typer.Option("--number", hidden=True)] = 0,
    keeper: Annotated[int, typer.Option("--keeper", hidden=True)] = 0,
) -> None:
    """Keep the programme going: sweep, rest, sweep again, until stopped by SIGTERM or Ctrl-C.

    Changed files are taken in at the next sweep; SIGHUP makes one at once. Files with a mistake change nothing. A
    changed policy that would leave more than a share of the pairs and circles without a time (refuse_above) is refused:
    the one before stays in force. --accept-policy takes it in, as “attune policy accept” does while Attune runs.

    \b
    Example:
      attune run --home /srv/attune
      attune run --once --home /srv/attune
      attune run --workers 4 --home /srv/attune
    """
    from agent import log
    from agent.cli.policy import accept
    from agent.cli.progress import opened, rows_passed
    from agent.cli.workers import run as run_workers
    from agent.daemon.loop import Stop

    if at is not None and not once:
        raise typer.BadParameter("--at goes with --once", param_hint="--at")
    if workers is not None and once:
        raise typer.BadParameter("--workers does not go with --once", param_hint="--workers")
    log.configure(debug=context.obj.debug)
    if accept_policy:
        accept(home, at)
    if workers is not None:
        run_workers(home, workers, number, keeper, debug=context.obj.debug)
        return
    stop = Stop()
    stop.listen()
    with opened(home, at=at, stopping=stop.__bool__) as app, app.exclusive():
        with rows_passed("weighing the changed policy") as passed:
            app.take_policy(passed)
        if once:
            done = app.sweep()
            typer.echo(
                f"{done.decided} decisions, {done.delivered} effects, {done.changed} calendars changed"
                + (f", {done.set_aside} relationships set aside: see `attune status`" if done.set_aside else "")
            )
        else:
            app.serve(stop)
