"""What a store that came out of a backup does not know yet: which relationships are to be looked up, and for when.

What had been begun or was waiting at the moment of the backup is held back until its relationship has been looked up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import sqlalchemy as sa

from agent.core.gap import Gap
from agent.core.intents import Intent, IntentKind
from agent.core.journal import Entry
from agent.store import intents, journal, marks
from agent.store.engine import Transaction
from agent.store.intents import DOING, DONE, OPEN, PENDING, UNKNOWN, WITHDRAWN, of_row
from agent.store.schema import EPOCH, calendars, relationships
from agent.store.schema import intents as rows
from agent.store.schema import marks as all_marks

HELD_BACK = "held-back"
"""Status of an intent that nobody carries out before its relationship has been looked up."""

GAP = "gap"
"""Mark with both ends of the time of which nothing is known."""

WITHHELD = "withheld"
"""Why a mail is not sent that may have been sent already."""


def begin(tx: Transaction, gap: Gap, now: datetime) -> None:
    """Mark everything in a store that has just come out of a backup.

    Where that was taken before an earlier restore had been worked off, nothing is known since that one's backup.
    """
    before = of_store(tx)
    if before is not None and unfinished(tx):
        gap = Gap(min(before.since, gap.since), gap.until)
    tx.execute(all_marks.delete())  # what was taken in then is taken in anew
    marks.put(tx, GAP, f"{gap.since.isoformat()} {gap.until.isoformat()}")
    tx.execute(relationships.update().values(restored_at=now, wake_at=now, lease_until=None))
    tx.execute(rows.update().where(rows.c.status == DOING).values(lost=rows.c.lost + 1, lease_until=None))
    tx.execute(rows.update().where(rows.c.status.in_(OPEN)).values(status=HELD_BACK))
    tx.execute(calendars.update().values(token=None, ask_at=now))
    about = {"taken_at": _text(gap.since), "until": _text(gap.until)}
    journal.write(tx, [Entry(now, "restored", detail=about)])


def doubt(tx: Transaction, now: datetime) -> None:
    """Look up also who joined the programme after the backup, of whom the store never heard, and who has left it."""
    if of_store(tx) is None:
        return
    new = sa.and_(relationships.c.restored_at.is_(None), relationships.c.version == 0)
    tx.execute(relationships.update().where(new).values(restored_at=now))
    asleep = sa.and_(relationships.c.restored_at >= EPOCH, relationships.c.wake_at.is_(None))
    tx.execute(relationships.update().where(asleep).values(wake_at=now))


def of_store(tx: Transaction) -> Gap | None:
    """Give the gap of the last restore, None where there never was one."""
    found = marks.get(tx, GAP)
    return None if found is None else Gap(*map(datetime.fromisoformat, found.split()))


def unfinished(tx: Transaction, names: Collection[str] | None = None) -> bool:
    """Whether one of these relationships (None: any at all) has not been looked up yet."""
    query = _UNFINISHED if names is None else _UNFINISHED.where(relationships.c.id.in_(names))
    return tx.execute(query).first() is not None


_UNFINISHED = sa.select(relationships.c.id).where(relationships.c.restored_at >= EPOCH).limit(1)


def count(tx: Transaction) -> int:
    """How many have not been looked up yet."""
    return tx.scalar(sa.select(sa.func.count()).where(relationships.c.restored_at >= EPOCH)) or 0


def finish(tx: Transaction, name: str) -> None:
    """It has been looked up."""
    tx.execute(relationships.update().where(relationships.c.id == name).values(restored_at=None))


def settle_writes(tx: Transaction, name: str, number: int, person: str, revision: int, now: datetime) -> None:
    """Take what was held back for a person's calendar as done, up to the revision that was found there."""
    this = sa.and_(
        rows.c.relationship == name,
        rows.c.number == number,
        rows.c.person == person,
        rows.c.revision <= revision,
        rows.c.kind == IntentKind.WRITE_EVENT.value,
        rows.c.status == HELD_BACK,
    )
    tx.execute(rows.update().where(this).values(status=DONE, evidence="found after a restore", finished_at=now))


def withhold(tx: Transaction, name: str, gap: Gap, now: datetime) -> list[Intent]:
    """Send none of the mails that were held back and whose moment lies in the gap; give which."""
    this = sa.and_(
        rows.c.relationship == name,
        rows.c.kind == IntentKind.SEND_MAIL.value,
        rows.c.status == HELD_BACK,
        rows.c.not_before <= gap.until,
    )
    found = [of_row(row) for row in tx.execute(rows.select().where(this).order_by(rows.c.not_before, rows.c.key))]
    _lose(tx, [intent.key for intent in found], now)
    return found


def let_go(tx: Transaction, name: str, gap: Gap) -> None:
    """Carry out again what was held back; of what was due in the gap it is looked up first whether it is so already."""
    held = sa.and_(rows.c.relationship == name, rows.c.status == HELD_BACK)
    due = sa.and_(held, rows.c.not_before <= gap.until)
    tx.execute(rows.update().where(due).values(lost=rows.c.lost + 1))
    tx.execute(rows.update().where(held, rows.c.lost > 0).values(status=UNKNOWN))
    tx.execute(rows.update().where(held).values(status=PENDING))


def presume_sent(tx: Transaction, mails: Iterable[Intent], now: datetime) -> list[Intent]:
    """Keep mails as ones that may have been sent, so that nobody sends them again; give those that were not known."""
    wanted = {intent.key: intent for intent in mails}
    known = set(tx.scalars(sa.select(rows.c.key).where(rows.c.key.in_(wanted)))) if wanted else set()
    fresh = [intent for key, intent in wanted.items() if key not in known]
    intents.add(tx, fresh, now)
    _lose(tx, [intent.key for intent in fresh], now)
    return fresh


def _lose(tx: Transaction, keys: list[str], now: datetime) -> None:
    lost = {"status": WITHDRAWN, "problem": WITHHELD, "lost": rows.c.lost + 1, "finished_at": now}
    tx.execute(rows.update().where(rows.c.key.in_(keys)).values(lost))


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%MZ")
