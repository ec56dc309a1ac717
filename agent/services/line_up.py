"""Locks all rows that a desk is about to write and others may write too, in the order that every desk keeps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agent.services import notice
from agent.services.consider import Considered, Decided
from agent.services.deliver import Carried
from agent.services.keep_health import Note
from agent.services.notice import Asked
from agent.services.programme import Programme
from agent.services.recover import Recovered
from agent.store import lock_order
from agent.store.engine import Transaction


def line_up(
    tx: Transaction, programme: Programme, done: Sequence[object], notes: Sequence[Note], renewed: Iterable[str]
) -> None:
    """Lock for what has finished, was noted of calendars, and is to be held for longer, before any of it is written."""
    if not lock_order.matters(tx):
        return
    asked = [each for each in done if isinstance(each, Asked)]
    ended = [each.held.name for each in done if isinstance(each, Considered | Carried)]
    woken = [name for each in notice.stirring(tx, asked) for name in programme.relationships_of(each.person)]
    places = [*((each.person, each.position) for each in asked), *((note.person, note.position) for note in notes)]
    lock_order.lock(tx, (*ended, *woken, *renewed), places, {name for each in done for name in _engaged(each)})


def _engaged(done: object) -> Iterable[str]:
    """Whose bookings it may change."""
    if isinstance(done, Decided) and done.decision.meetings:
        return done.seen.engaged
    if isinstance(done, Recovered) and done.relationship and done.adopted and done.adopted.meetings:
        return [person.id for person in done.relationship.people]
    return ()
