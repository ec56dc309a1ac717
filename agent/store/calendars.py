"""What is known of each calendar itself: its change token, and since when it could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from agent.store import lock_order
from agent.store.batches import MANY, batches
from agent.store.engine import Transaction
from agent.store.schema import calendars as rows
from agent.store.schema import storable
from agent.store.shards import Shards, shard_of, within


@dataclass(frozen=True, slots=True)
class Health:
    """One calendar: ``trouble`` is None while it can be read, ``dropped`` how many events could not be placed.

    ``token`` is of what everybody it matters to has been woken for, None where somebody may have missed it.
    """

    person: str
    position: int
    token: str | None
    read_at: datetime | None
    dropped: int
    trouble: str | None
    trouble_since: datetime | None

    def after_reading(self, now: datetime, dropped: int) -> Health:
        """As it is once it has been read."""
        return replace(self, read_at=now, dropped=dropped, trouble=None, trouble_since=None)

    def after_trouble(self, now: datetime, trouble: str) -> Health:
        """As it is once it could not be read; the first time of a run counts."""
        return replace(self, token=None, trouble=trouble, trouble_since=self.trouble_since or now)


def get(tx: Transaction, person: str, position: int) -> Health | None:
    """One calendar, None where it was never asked."""
    row = tx.execute(_ONE, {"owner": person, "place": position}).one_or_none()
    return None if row is None else _health(row)


def of_people(tx: Transaction, people: Iterable[str]) -> dict[tuple[str, int], Health]:
    """All calendars of these people, by person and position."""
    found = tx.execute(_THEIRS, {"people": list(people)})
    return {(row.person, row.position): _health(row) for row in found}


_THIS = sa.and_(rows.c.person == sa.bindparam("owner"), rows.c.position == sa.bindparam("place"))
_ONE = rows.select().where(_THIS)
_THEIRS = rows.select().where(rows.c.person.in_(sa.bindparam("people", expanding=True)))


def synchronise(tx: Transaction, owned: Mapping[str, int], now: datetime) -> None:
    """Take in how many calendars each person has: new ones are asked now, those that are gone are forgotten.

    Of either side only some are in memory at a time.
    """
    for some in batches(owned.items()):
        _take_in(tx, dict(some), now)
    for known in _owners(tx):
        for person in (each for each in known if each not in owned):
            tx.execute(rows.delete().where(rows.c.person == person))


def _take_in(tx: Transaction, owned: Mapping[str, int], now: datetime) -> None:
    wanted = {(person, position) for person, count in owned.items() for position in range(count)}
    known = {(row.person, row.position) for row in tx.execute(_KNOWN, {"people": list(owned)})}
    for person, position in known - wanted:
        tx.execute(rows.delete().where(_this(person, position)))
    fresh = {"dropped": 0, "ask_at": now}
    new = [{"person": person, "position": position, "shard": shard_of(person)} for person, position in wanted - known]
    if new:
        tx.execute(rows.insert(), [each | fresh for each in sorted(new, key=lambda each: str(each["person"]))])


_KNOWN = sa.select(rows.c.person, rows.c.position).where(rows.c.person.in_(sa.bindparam("people", expanding=True)))


def _owners(tx: Transaction) -> Iterator[list[str]]:
    """Give everybody whose calendars are known, some at a time."""
    query = sa.select(rows.c.person).distinct().order_by(rows.c.person).limit(MANY)
    page = list(tx.scalars(query))
    while page:
        yield page
        page = list(tx.scalars(query.where(rows.c.person > page[-1])))


def ask_all(tx: Transaction, now: datetime, shards: Shards = None) -> None:
    """Have every calendar asked now."""
    later = sa.and_(sa.or_(rows.c.ask_at.is_(None), rows.c.ask_at > now), within(rows.c.shard, shards))
    if lock_order.matters(tx):
        in_order = sa.select(rows.c.person).where(later).order_by(rows.c.person, rows.c.position)
        tx.execute(in_order.with_for_update()).all()
    tx.execute(rows.update().where(later).values(ask_at=now))


def ask(tx: Transaction, people: Iterable[str], at: datetime) -> None:
    """Have every calendar of these people asked by then: somebody has heard that there is something new."""
    later = sa.or_(rows.c.ask_at.is_(None), rows.c.ask_at > at)
    tx.execute(rows.update().where(rows.c.person.in_(list(people)), later).values(ask_at=at))


def claim(tx: Transaction, now: datetime, again: datetime, limit: int, shards: Shards = None) -> list[tuple[str, int]]:
    """Take calendars, by person and position, that are to be asked now, longest due first; each is due again then."""
    due = tx.execute(_due(shards and frozenset(shards)), {"now": now, "limit": limit})
    found = [(row.person, row.position) for row in due]
    if found:
        tx.execute(_ASKED, [{"owner": person, "place": position, "again": again} for person, position in found])
    return found


_ASKED = rows.update().where(_THIS).values(ask_at=sa.bindparam("again"))


@lru_cache(maxsize=100)
def _due(shards: Shards) -> sa.Select[Any]:
    """Built once for the same shards, which takes longer than to run it."""
    query = sa.select(rows.c.person, rows.c.position)
    query = query.where(rows.c.ask_at <= sa.bindparam("now"), within(rows.c.shard, shards))
    query = query.order_by(rows.c.ask_at, rows.c.person, rows.c.position)
    return query.limit(sa.bindparam("limit", type_=sa.Integer)).with_for_update(skip_locked=True)


def ask_again(tx: Transaction, person: str, position: int, at: datetime) -> None:
    """Have one asked then."""
    _put(tx, person, position, ask_at=at)


def moment(shards: Shards) -> sa.Select[Any]:
    """Build the query for when the next one is to be asked."""
    return sa.select(sa.func.min(rows.c.ask_at)).where(within(rows.c.shard, shards))


def put_token(tx: Transaction, person: str, position: int, token: str | None) -> None:
    """Keep the token of what is about to be read."""
    _put(tx, person, position, token=storable(token))


def put_health(tx: Transaction, calendars: Iterable[Health]) -> None:
    """Keep how these are now; those that are gone stay so."""
    if values := [
        {
            "owner": each.person,
            "place": each.position,
            "proof": each.token,
            "when": each.read_at,
            "count": each.dropped,
            "what": each.trouble,
            "since": each.trouble_since,
        }
        for each in calendars
    ]:
        tx.execute(_KEPT, values)


_KEPT = (
    rows.update()
    .where(_THIS)
    .values(
        token=sa.bindparam("proof"),
        read_at=sa.bindparam("when"),
        dropped=sa.bindparam("count"),
        trouble=sa.bindparam("what"),
        trouble_since=sa.bindparam("since"),
    )
)


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
