"""One sweep: notice what changed, decide for whoever is due, record each decision whole, deliver what is due."""

from __future__ import annotations

from datetime import datetime

from agent.services.desk import Desk
from agent.services.lanes import lanes
from agent.services.part import WHOLE, Part, Swept
from agent.services.programme import Programme
from agent.services.send_grant_mails import send_grant_mails
from agent.services.take_in import take_in
from agent.store import agenda, calendars


def sweep(programme: Programme, part: Part = WHOLE) -> Swept:
    """Bring everything of a part that is due up to date, once. One relationship's trouble never stops the others."""
    now = programme.clock.now()
    take_in(programme, now)
    send_grant_mails(programme)
    if part.ask_all:
        ask_all(programme, part)
    elif (first := next_sweep(programme, part)) is None or first > now:
        return Swept()
    with lanes(programme.threads, programme.begun_at_once) as opened:
        return Desk(programme, part, opened).work()


def ask_all(programme: Programme, part: Part = WHOLE) -> None:
    """Have every calendar asked now, whatever was due."""
    with programme.store.begin() as tx:
        calendars.ask_all(tx, programme.clock.now(), part.shards)


def next_wake(programme: Programme, part: Part = WHOLE) -> datetime | None:
    """The next instant at which a sweep finds something to decide or to deliver by itself."""
    with programme.store.look() as tx:
        return agenda.read(tx, part.shards).work


def next_sweep(programme: Programme, part: Part = WHOLE) -> datetime | None:
    """The next instant at which there is anything to do, be it to ask a calendar whether it has changed."""
    with programme.store.look() as tx:
        return agenda.read(tx, part.shards).first
