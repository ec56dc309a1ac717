"""How many calls each provider and mailbox still allows, shared by every worker: a token bucket a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from agent.store import unless_there
from agent.store.engine import Transaction
from agent.store.schema import quotas as rows

LONGEST = timedelta(hours=6)
"""A provider that asks for a longer pause is asked again after this."""

SECOND = 1_000_000
"""Microseconds: instants are stored as these."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls a minute, and as many at once after a quiet minute."""

    a_minute: int

    @property
    def a_microsecond(self) -> float:
        """The same, as tokens come back."""
        return self.a_minute / (60 * SECOND)


def take(tx: Transaction, scope: str, rate: Rate, count: int, now: datetime) -> timedelta | None:
    """Take so many tokens by one conditional update; otherwise give how long to wait before asking again."""
    if unless_there.insert(tx, rows, _full(scope, rate, count, now)):
        return None
    left = _left(rate, now)
    this = sa.and_(rows.c.scope == scope, _is_open(now), left >= count)
    if tx.execute(rows.update().where(this).values(tokens=left - count, counted_at=now)).rowcount == 1:
        return None
    row = tx.execute(sa.select(left.label("left"), rows.c.closed_until).where(rows.c.scope == scope)).one()
    if row.closed_until is not None and now < row.closed_until <= now + LONGEST:
        closed: timedelta = row.closed_until - now
        return closed
    return timedelta(microseconds=(count - row.left) / rate.a_microsecond) + timedelta(milliseconds=1)


def close(tx: Transaction, scope: str, rate: Rate, until: datetime, now: datetime) -> None:
    """Let nobody call until then: the provider asked for it."""
    unless_there.insert(tx, rows, _full(scope, rate, 0, now))
    until = min(until, now + LONGEST)
    sooner = sa.or_(rows.c.closed_until.is_(None), rows.c.closed_until < until)
    tx.execute(rows.update().where(rows.c.scope == scope, sooner).values(closed_until=until))


def _full(scope: str, rate: Rate, count: int, now: datetime) -> dict[str, object]:
    """Give a full bucket less what is taken."""
    return {"scope": scope, "tokens": float(rate.a_minute - count), "counted_at": now}


def _left(rate: Rate, now: datetime) -> sa.ColumnElement[float]:
    """Tokens that are there by now; a bucket counted in the future, by a clock since put back, is full."""
    passed = sa.cast(sa.literal(now, rows.c.counted_at.type), sa.BigInteger) - sa.cast(rows.c.counted_at, sa.BigInteger)
    grown = rows.c.tokens + passed * rate.a_microsecond
    return sa.case((sa.or_(passed < 0, grown > rate.a_minute), float(rate.a_minute)), else_=grown)


def _is_open(now: datetime) -> sa.ColumnElement[bool]:
    """Nobody has asked for a pause that lasts, or did so by a clock that has since been put back."""
    over = sa.or_(rows.c.closed_until <= now, rows.c.closed_until > now + LONGEST)
    return sa.or_(rows.c.closed_until.is_(None), over)
