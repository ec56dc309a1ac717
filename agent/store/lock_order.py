"""Locks rows that several workers write, in one order: who waits for another never has what that one waits for.

relationships by id, then calendars by person and position, then engagements by person
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from agent.store import unless_there
from agent.store.engine import Transaction
from agent.store.schema import calendars, relationships
from agent.store.schema import engagements as engaged


def matters(tx: Transaction) -> bool:
    """Whether several write at once; on SQLite only one writes at all."""
    return tx.dialect.name != "sqlite"


def lock(
    tx: Transaction,
    names: Iterable[str] = (),
    asked: Iterable[tuple[str, int]] = (),
    people: Iterable[str] = (),
) -> None:
    """Lock relationships by id, calendars by person and position, and what people have booked, before any is written.

    To be called once in a transaction, which then writes no others of these.
    """
    if not matters(tx):
        return
    if wanted := sorted(set(names)):
        tx.execute(_RELATIONSHIPS, {"names": wanted}).all()
    if places := sorted(set(asked)):
        tx.execute(_CALENDARS, {"places": places}).all()
    if everybody := sorted(set(people)):
        known = frozenset(tx.scalars(_ENGAGED, {"people": everybody}))
        _begin(tx, [person for person in everybody if person not in known])


def _begin(tx: Transaction, people: Collection[str]) -> None:
    """Give a row to whoever never had anything booked: a row that is not there cannot be locked."""
    for person in people:
        unless_there.insert(tx, engaged, {"person": person, "version": 0})


_RELATIONSHIPS = (
    sa.select(relationships.c.id)
    .where(relationships.c.id.in_(sa.bindparam("names", expanding=True)))
    .order_by(relationships.c.id)
    .with_for_update()
)
_PLACE = sa.tuple_(calendars.c.person, calendars.c.position)
_CALENDARS = (
    sa.select(calendars.c.person)
    .where(_PLACE.in_(sa.bindparam("places", expanding=True)))
    .order_by(calendars.c.person, calendars.c.position)
    .with_for_update()
)
_ENGAGED = (
    sa.select(engaged.c.person)
    .where(engaged.c.person.in_(sa.bindparam("people", expanding=True)))
    .order_by(engaged.c.person)
    .with_for_update()
)
"""Built once: that takes longer than to run them."""
