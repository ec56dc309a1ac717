"""One row a relationship: its state, when to look at it again, and the terms that bind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from agent.core.relationships import State
from agent.store import lease_time, lock_order, state_json
from agent.store.batches import MANY, batches
from agent.store.engine import Transaction
from agent.store.errors import Stale
from agent.store.intents import DOING
from agent.store.schema import intents
from agent.store.schema import relationships as rows
from agent.store.shards import Shards, shard_of, within


@dataclass(frozen=True, slots=True)
class Stored:
    """A relationship as it stands.

    ``version`` rises with every decision; ``trouble`` is why it was set aside; ``restored_at`` is when this row came
    out of a backup, until what was done since the backup has been looked up. ``broken`` says that its state cannot be
    read: ``state`` is then that of a new one, and nothing may be built on it.
    """

    state: State
    version: int
    wake_at: datetime | None
    trouble: str | None
    restored_at: datetime | None = None
    broken: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A relationship that this worker alone may work on, as it stood when it was claimed.

    ``overtaken`` says that somebody had held it whose claim ran out.
    """

    name: str
    epoch: int
    stored: Stored
    overtaken: bool = False


def synchronise(tx: Transaction, terms: Mapping[str, str], now: datetime) -> list[str]:
    """Take in the roster: new ones and those whose terms changed are due now, those no longer named sleep for good.

    Of what stays as it is, only some are in memory at a time.
    """
    new: list[str] = []
    changed: dict[str, str] = {}
    for some in batches(terms.items()):
        fresh, others = _new_and_changed(tx, dict(some), now)
        new += fresh
        changed |= others
    gone = [name for known in _in_the_programme(tx) for name in known if name not in terms]
    for names in batches(sorted([*changed, *gone])):
        lock_order.lock(tx, names)
    for some in batches(changed.items()):
        _bind(tx, dict(some), now)
    for names in batches(gone):
        _bind(tx, dict.fromkeys(names, ""), None)
    return [*new, *changed, *gone]


def _new_and_changed(tx: Transaction, terms: Mapping[str, str], now: datetime) -> tuple[list[str], dict[str, str]]:
    """Insert those of these that are new."""
    known = {row.id: row.terms for row in tx.execute(_TERMS, {"names": list(terms)})}
    new = [name for name in terms if name not in known]
    if new:
        fresh = {"state": state_json.dump(State()), "version": 0, "troubles": 0, "wake_at": now}
        tx.execute(
            rows.insert(), [{"id": name, "terms": terms[name], "shard": shard_of(name), **fresh} for name in new]
        )
    return new, {name: new for name, new in terms.items() if name in known and known[name] != new}


_TERMS = sa.select(rows.c.id, rows.c.terms).where(rows.c.id.in_(sa.bindparam("names", expanding=True)))


def _in_the_programme(tx: Transaction) -> Iterator[list[str]]:
    """Give the names of all whose terms are known, some at a time."""
    query = sa.select(rows.c.id).where(rows.c.terms != "").order_by(rows.c.id).limit(MANY)
    page = list(tx.scalars(query))
    while page:
        yield page
        page = list(tx.scalars(query.where(rows.c.id > page[-1])))


def _bind(tx: Transaction, terms: Mapping[str, str], wake_at: datetime | None) -> None:
    """Give these their terms, and look at them then; a decision that is being made by the old ones is stale."""
    values = [{"name": name, "new": new} for name, new in terms.items()]
    if values:
        bound = rows.update().where(rows.c.id == sa.bindparam("name"))
        new = {"terms": sa.bindparam("new"), "wake_at": wake_at, "version": rows.c.version + 1}
        tx.execute(bound.values(new), values)


def claim(tx: Transaction, now: datetime, lease: timedelta, limit: int, shards: Shards = None) -> list[Held]:
    """Hold those whose time has come and whom nobody else holds, longest overdue first."""
    found = tx.execute(_due(shards and frozenset(shards)), lease_time.moments(now) | {"limit": limit}).all()
    return _take(tx, found, now + lease)


def hold(tx: Transaction, names: Iterable[str], now: datetime, lease: timedelta) -> list[Held]:
    """Hold those of these whom nobody else holds."""
    return _take(tx, tx.execute(_THESE, lease_time.moments(now) | {"names": list(names)}).all(), now + lease)


def _take(tx: Transaction, found: Sequence[Any], until: datetime) -> list[Held]:
    """Raise the epoch of each, whereby whoever held it before can no longer write back."""
    if found:
        tx.execute(_TAKEN, [{"name": row.id, "until": until} for row in found])
    return [Held(row.id, row.epoch + 1, _stored(row), row.lease_until is not None) for row in found]


_FREE = lease_time.free(rows.c.lease_until)
_THIS = rows.c.id == sa.bindparam("name")
_TAKEN = rows.update().where(_THIS).values(epoch=rows.c.epoch + 1, lease_until=sa.bindparam("until"))
_THESE = (
    rows.select()
    .where(rows.c.id.in_(sa.bindparam("names", expanding=True)), _FREE)
    .order_by(rows.c.id)
    .with_for_update(skip_locked=True)
)


@lru_cache(maxsize=100)
def _due(shards: Shards) -> sa.Select[Any]:
    """Built once for the same shards: that takes longer than to run it."""
    query = rows.select().where(rows.c.wake_at <= lease_time.NOW, _FREE, within(rows.c.shard, shards))
    first = query.order_by(rows.c.wake_at, rows.c.id).limit(sa.bindparam("limit", type_=sa.Integer))
    return first.with_for_update(skip_locked=True)


def still_held(tx: Transaction, held: Iterable[Held]) -> frozenset[str]:
    """Names of those whose claim nobody has taken over; they stay as they are until this transaction ends."""
    epochs = {each.name: each.epoch for each in held}
    found = tx.execute(_STILL_HELD, {"names": list(epochs)})
    return frozenset(row.id for row in found if row.epoch == epochs[row.id])


_STILL_HELD = (
    sa.select(rows.c.id, rows.c.epoch)
    .where(rows.c.id.in_(sa.bindparam("names", expanding=True)))
    .order_by(rows.c.id)
    .with_for_update()
)


def renew(tx: Transaction, held: Iterable[Held], until: datetime) -> None:
    """Hold them for longer."""
    values = [{"name": each.name, "held": each.epoch, "until": until} for each in held]
    mine = sa.and_(_THIS, rows.c.epoch == sa.bindparam("held"))
    if values:
        tx.execute(rows.update().where(mine).values(lease_until=sa.bindparam("until")), values)


def let_go(tx: Transaction, names: Iterable[str]) -> None:
    """End the claims on these; only after ``still_held``."""
    if ours := [{"name": name} for name in names]:
        tx.execute(_LET_GO, ours)


_LET_GO = rows.update().where(_THIS).values(lease_until=None)


def release(tx: Transaction) -> int:
    """End every claim, a dead process's, and give how many; only for whoever is alone."""
    ended = rows.update().where(rows.c.lease_until.is_not(None)).values(lease_until=None, epoch=rows.c.epoch + 1)
    return tx.execute(ended).rowcount


def give_up(tx: Transaction, shards: Shards) -> int:
    """End the claims of a worker that gives no sign, but not where it had begun something; give how many.

    What it had begun may still be under way at a provider, and waits for the end of its lease.
    """
    begun = sa.exists().where(intents.c.relationship == rows.c.id, intents.c.status == DOING)
    query = sa.select(rows.c.id).where(rows.c.lease_until.is_not(None), within(rows.c.shard, shards), ~begun)
    names = list(tx.scalars(query.with_for_update(of=rows, skip_locked=True)))
    let_go(tx, names)
    return len(names)


def find(tx: Transaction, name: str) -> Stored | None:
    """One relationship, None where it has no row yet."""
    row = tx.execute(rows.select().where(rows.c.id == name)).one_or_none()
    return None if row is None else _stored(row)


def names(tx: Transaction) -> list[str]:
    """Ids of those in the programme."""
    return list(tx.scalars(sa.select(rows.c.id).where(rows.c.terms != "").order_by(rows.c.id)))


def _stored(row: Any) -> Stored:
    try:
        state, broken = state_json.load(row.state), False
    except (ValueError, LookupError, TypeError, AttributeError):
        state, broken = State(), True
    return Stored(state, row.version, row.wake_at, row.trouble, row.restored_at, broken)


def load(tx: Transaction, name: str) -> Stored:
    """One relationship that has a row."""
    found = find(tx, name)
    if found is None:
        raise LookupError(f"relationship {name} has no row")
    return found


def save(tx: Transaction, name: str, version: int, state: State, wake_at: datetime | None) -> None:
    """Record a decision, if nobody decided since that version was read. Raises ``Stale``."""
    seen = {"this": name, "seen": version}
    changed = tx.execute(_SAVED, seen | {"new": state_json.dump(state), "next": version + 1, "then": wake_at})
    if changed.rowcount != 1:
        raise Stale(f"relationship {name} has moved on")


_SAVED = (
    rows.update()
    .where(rows.c.id == sa.bindparam("this"), rows.c.version == sa.bindparam("seen"))
    .values(
        state=sa.bindparam("new"), wake_at=sa.bindparam("then"), version=sa.bindparam("next"), troubles=0, trouble=None
    )
)
"""Built once: that takes longer than to run it."""


def troubled(tx: Transaction) -> list[tuple[str, str]]:
    """Those in the programme that were set aside and have not been decided since, each with why."""
    found = sa.select(rows.c.id, rows.c.trouble).where(rows.c.trouble.is_not(None), rows.c.terms != "")
    return [(row.id, row.trouble) for row in tx.execute(found.order_by(rows.c.id))]


def wake(tx: Transaction, names: Iterable[str], at: datetime) -> None:
    """Have these looked at by then, if not earlier; a decision that is being made on what was known before is stale."""
    woken = {"names": list(names), "at": at}
    tx.execute(_WOKEN, woken)
    tx.execute(_STALE, {"names": woken["names"]})


_NAMED = sa.and_(rows.c.id.in_(sa.bindparam("names", expanding=True)), rows.c.terms != "")
_LATER = sa.or_(rows.c.wake_at.is_(None), rows.c.wake_at > sa.bindparam("at"))
_WOKEN = rows.update().where(_NAMED, _LATER).values(wake_at=sa.bindparam("at"))
_STALE = rows.update().where(_NAMED, rows.c.lease_until.is_not(None)).values(version=rows.c.version + 1)
"""Built once, which takes longer than to run them."""


def put_off(tx: Transaction, name: str, until: datetime) -> None:
    """Look at this one then, as it is."""
    tx.execute(rows.update().where(rows.c.id == name).values(wake_at=until))


def sleep(tx: Transaction, name: str) -> None:
    """Never look at this one by itself."""
    tx.execute(rows.update().where(rows.c.id == name).values(wake_at=None))


def moments(shards: Shards) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """Build queries for when the next one is due that nobody holds, and when the first claim runs out."""
    mine = within(rows.c.shard, shards)
    return (
        sa.select(sa.func.min(rows.c.wake_at)).where(rows.c.lease_until.is_(None), mine),
        sa.select(sa.func.min(rows.c.lease_until)).where(rows.c.lease_until.is_not(None), mine),
    )


def wake_lost(tx: Transaction, now: datetime) -> int:
    """Have everybody in the programme looked at who would never be looked at by themselves; give how many.

    Whoever is being worked on will be looked at.
    """
    lost = sa.select(rows.c.id).where(rows.c.wake_at.is_(None), rows.c.terms != "").order_by(rows.c.id)
    names = tx.scalars(lost.with_for_update(skip_locked=True)).all()
    if names:
        tx.execute(rows.update().where(_THIS).values(wake_at=now), [{"name": name} for name in names])
    return len(names)


def set_aside(tx: Transaction, name: str, reason: str, until: datetime) -> None:
    """Let one rest whose decision failed, and keep why."""
    tx.execute(
        rows.update()
        .where(rows.c.id == name)
        .values(wake_at=until, trouble=reason, troubles=rows.c.troubles + 1, version=rows.c.version + 1)
    )
