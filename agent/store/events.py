"""Our events as they were last written into, or last seen by a decision in, each person's calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from agent.core.timespan import Span
from agent.store.engine import Transaction
from agent.store.schema import events as rows


@dataclass(frozen=True, slots=True)
class Delivered:
    """One person's copy of a meeting, with the provider's address and version of it.

    ``calendar`` says which of their calendars it is in (``Programme.booking_place``), None where that is not known.
    """

    sequence: int
    span: Span
    href: str
    etag: str
    calendar: str | None = None


def get(tx: Transaction, uid: str, person: str) -> Delivered | None:
    """One person's copy, None where none was ever written."""
    return of_people(tx, uid, [person]).get(person)


def of_people(tx: Transaction, uid: str, people: Iterable[str]) -> dict[str, Delivered]:
    """Copies of those of these people for whom one was written."""
    found = tx.execute(_COPIES, {"uid": uid, "people": list(people)})
    return {
        row.person: Delivered(row.sequence, Span(row.start, row.end), row.href, row.etag, row.calendar) for row in found
    }


_COPIES = rows.select().where(
    rows.c.uid == sa.bindparam("uid"), rows.c.person.in_(sa.bindparam("people", expanding=True))
)
"""Built once, which takes longer than to run it."""


def put(tx: Transaction, uid: str, person: str, delivered: Delivered) -> None:
    """Keep a copy as it is now."""
    values = {
        "sequence": delivered.sequence,
        "start": delivered.span.start,
        "end": delivered.span.end,
        "href": delivered.href,
        "etag": delivered.etag,
        "calendar": delivered.calendar,
    }
    if not tx.execute(_CHANGED, values | {"which": uid, "whose": person}).rowcount:
        tx.execute(_NEW, values | {"uid": uid, "person": person})


_CHANGED = rows.update().where(rows.c.uid == sa.bindparam("which"), rows.c.person == sa.bindparam("whose"))
_NEW = rows.insert()


def forget(tx: Transaction, uid: str, person: str) -> None:
    """The copy is gone from the calendar."""
    tx.execute(rows.delete().where(_this(uid, person)))


def place(tx: Transaction, places: Mapping[str, str | None]) -> None:
    """Say of copies of which it is not known which calendar they are in that it is this one, by person."""
    query = sa.select(rows.c.uid, rows.c.person).where(rows.c.calendar.is_(None))
    found = [
        {"which": row.uid, "whose": row.person, "where": places[row.person]}
        for row in tx.execute(query)
        if places.get(row.person)
    ]
    this = sa.and_(rows.c.uid == sa.bindparam("which"), rows.c.person == sa.bindparam("whose"))
    if found:
        tx.execute(rows.update().where(this).values(calendar=sa.bindparam("where")), found)


def _this(uid: str, person: str) -> sa.ColumnElement[bool]:
    return sa.and_(rows.c.uid == uid, rows.c.person == person)
