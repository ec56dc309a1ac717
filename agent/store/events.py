"""Our events as they were last written into, or last seen by a decision in, each person's calendar."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from agent.core.timespan import Span
from agent.store.engine import Transaction
from agent.store.schema import events as rows


@dataclass(frozen=True, slots=True)
class Delivered:
    """One person's copy of a meeting, with the provider's address and version of it."""

    sequence: int
    span: Span
    href: str
    etag: str


def get(tx: Transaction, uid: str, person: str) -> Delivered | None:
    """One person's copy, None where none was ever written."""
    row = tx.execute(rows.select().where(_this(uid, person))).one_or_none()
    return None if row is None else Delivered(row.sequence, Span(row.start, row.end), row.href, row.etag)


def put(tx: Transaction, uid: str, person: str, delivered: Delivered) -> None:
    """Keep a copy as it is now."""
    values = {
        "sequence": delivered.sequence,
        "start": delivered.span.start,
        "end": delivered.span.end,
        "href": delivered.href,
        "etag": delivered.etag,
    }
    if not tx.execute(rows.update().where(_this(uid, person)).values(values)).rowcount:
        tx.execute(rows.insert().values(uid=uid, person=person, **values))


def forget(tx: Transaction, uid: str, person: str) -> None:
    """The copy is gone from the calendar."""
    tx.execute(rows.delete().where(_this(uid, person)))


def _this(uid: str, person: str) -> sa.ColumnElement[bool]:
    return sa.and_(rows.c.uid == uid, rows.c.person == person)
