"""What is known of each calendar itself: its change token, and since when it could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from agent.store.engine import Transaction
from agent.store.schema import calendars as rows
from agent.store.shards import shard_of


@dataclass(frozen=True, slots=True)
class Health:
    """One calendar: ``trouble`` is None while it can be read, ``dropped`` how many events could not be placed."""

    person: str
    position: int
    token: str | None
    read_at: datetime | None
    dropped: int
    trouble: str | None
    trouble_since: datetime | None


def get(tx: Transaction, person: str, position: int) -> Health | None:
    """One calendar, None where it was never asked."""
    row = tx.execute(rows.select().where(_this(person, position))).one_or_none()
    return None if row is None else _health(row)


def put_token(tx: Transaction, person: str, position: int, token: str | None) -> None:
    """Keep the token of what is about to be read."""
    _put(tx, person, position, token=token)


def put_read(tx: Transaction, person: str, position: int, now: datetime, dropped: int) -> None:
    """It was read."""
    _put(tx, person, position, read_at=now, dropped=dropped, trouble=None, trouble_since=None)


def put_trouble(tx: Transaction, person: str, position: int, trouble: str, now: datetime) -> None:
    """It could not be read; the first time of a run counts."""
    known = get(tx, person, position)
    since = known.trouble_since if known and known.trouble_since else now
    _put(tx, person, position, trouble=trouble, trouble_since=since)


def unreadable(tx: Transaction) -> list[Health]:
    """Those that cannot be read now."""
    query = rows.select().where(rows.c.trouble.is_not(None)).order_by(rows.c.person, rows.c.position)
    return [_health(row) for row in tx.execute(query)]


def _health(row: Any) -> Health:
    return Health(row.person, row.position, row.token, row.read_at, row.dropped, row.trouble, row.trouble_since)


def _put(tx: Transaction, person: str, position: int, **values: Any) -> None:
    if not tx.execute(rows.update().where(_this(person, position)).values(values)).rowcount:
        tx.execute(
            rows.insert().values(
                {"person": person, "position": position, "dropped": 0, "shard": shard_of(person), **values}
            )
        )


def _this(person: str, position: int) -> sa.ColumnElement[bool]:
    return sa.and_(rows.c.person == person, rows.c.position == position)
