"""When a claim with a lease holds, and when it is over: the same for relationships and for intents under way.

A lease that ends implausibly late was taken by a clock that has since been put back, and holds nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from agent.store.schema import Instant

IMPLAUSIBLE = timedelta(hours=1)
"""No lease is taken for longer."""

NOW, LATE = sa.bindparam("now", type_=Instant), sa.bindparam("late", type_=Instant)
"""Parameters of the conditions below; ``moments`` gives their values."""


def moments(now: datetime) -> dict[str, datetime]:
    """Give what a statement with these conditions is run with."""
    return {"now": now, "late": now + IMPLAUSIBLE}


def over(lease: sa.Column[datetime]) -> sa.ColumnElement[bool]:
    """Whether there was a claim, and it has run out."""
    return sa.or_(lease <= NOW, lease > LATE)


def holds(lease: sa.Column[datetime]) -> sa.ColumnElement[bool]:
    """Whether somebody holds it now."""
    return sa.and_(lease > NOW, lease <= LATE)


def free(lease: sa.Column[datetime]) -> sa.ColumnElement[bool]:
    """Whether nobody holds it now."""
    return sa.or_(lease.is_(None), over(lease))


def is_over(lease: datetime | None, now: datetime) -> bool:
    """Whether a claim that was read has run out."""
    return lease is not None and not now < lease <= now + IMPLAUSIBLE
