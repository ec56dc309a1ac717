"""Mistakes about who may do what when: claims, their epochs and leases, versions, and moments to wake."""

from __future__ import annotations

from tests.mutation.mutant import Mutant

STORE = ("tests/store/test_sqlite",)
SIDE_BY_SIDE = ("tests/services/test_side_by_side",)
DUE = ("tests/store/test_due",)
CRASH = ("tests/crash/test_crash_points",)

MUTANTS = (
    Mutant(
        "a claim on an intent does not raise its epoch",
        "agent/store/claims",
        "Claimed(due.intent, due.epoch + 1,",
        "Claimed(due.intent, due.epoch,",
        STORE,
    ),
    Mutant(
        "whoever lost an intent may still write back",
        "agent/store/claims",
        'rows.c.epoch == sa.bindparam("held"), rows.c.status == DOING)',
        'rows.c.epoch >= sa.bindparam("held"), rows.c.status == DOING)',
        STORE,
    ),
    Mutant(
        "what was written back once is written back again",
        "agent/store/claims",
        'rows.c.epoch == sa.bindparam("held"), rows.c.status == DOING)',
        'rows.c.epoch == sa.bindparam("held"))',
        STORE,
    ),
    Mutant(
        "that a write-back came too late goes unnoticed",
        "agent/store/claims",
        ".rowcount != len(values)",
        ".rowcount > len(values)",
        STORE,
    ),
    Mutant(
        "what was begun and never finished is not counted as lost",
        "agent/store/claims",
        "due.lost + (due.status == DOING)",
        "due.lost",
        STORE,
    ),
    Mutant(
        "what was begun by somebody who died is never taken over",
        "agent/store/claims",
        "over = sa.or_(rows.c.lease_until <= _NOW, rows.c.lease_until > _LATE)",
        "over = rows.c.lease_until > _LATE",
        STORE,
    ),
    Mutant(
        "a lease on an intent from before the clock was put back holds for a day",
        "agent/store/claims",
        "over = sa.or_(rows.c.lease_until <= _NOW, rows.c.lease_until > _LATE)",
        "over = rows.c.lease_until <= _NOW",
        STORE,
    ),
    Mutant(
        "earlier losses are forgotten at the next",
        "agent/store/claims",
        '"misses": outcome.claimed.lost + outcome.lost',
        '"misses": outcome.lost',
        ("tests/services/test_trouble",),
    ),
    Mutant(
        "what is put off is due at once",
        "agent/store/claims",
        '"then": outcome.not_before or outcome.claimed.intent.not_before',
        '"then": outcome.claimed.intent.not_before',
        STORE,
    ),
    Mutant(
        "a dead process's claim is freed as if it had never begun",
        "agent/store/claims",
        '{"status": UNKNOWN, "lost": rows.c.lost + 1, ',
        '{"status": PENDING, ',
        STORE,
    ),
    Mutant(
        "an effect is due while somebody is at work on its relationship",
        "agent/store/claims",
        "overdue, ~sa.exists().where(same, held))",
        "overdue)",
        STORE,
    ),
    Mutant(
        "two effects of one relationship are found at a time",
        "agent/store/claims",
        "                    found[row.relationship] = Due(",
        "                    found[row.key] = Due(",
        STORE,
    ),
    Mutant(
        "what withdrawn intents wanted is done all the same",
        "agent/store/claims",
        "return [*there, DOING] if abandoned else there",
        "return [*there, WITHDRAWN, DOING] if abandoned else [*there, WITHDRAWN]",
        STORE,
    ),
    Mutant(
        "effects of other shards are taken too",
        "agent/store/claims",
        "where(this, within(rows.c.shard, shards))",
        "where(this)",
        STORE,
    ),
    Mutant(
        "a claim on a relationship does not raise its epoch",
        "agent/store/relationships",
        'taken = {"epoch": rows.c.epoch + 1, "lease_until": now + lease}\n'
        "        tx.execute(rows.update().where(rows.c.id.in_(names)).values(taken))\n"
        "    return [Held(row.id, row.epoch + 1, _stored(row)) for row in found]",
        'taken = {"lease_until": now + lease}\n'
        "        tx.execute(rows.update().where(rows.c.id.in_(names)).values(taken))\n"
        "    return [Held(row.id, row.epoch, _stored(row)) for row in found]",
        STORE,
    ),
    Mutant(
        "whoever lost a relationship takes it for their own",
        "agent/store/relationships",
        "if row.epoch == epochs[row.id])",
        "if row.epoch >= epochs[row.id])",
        STORE,
    ),
    Mutant(
        "a lease on a relationship never ends",
        "agent/store/relationships",
        "over = sa.or_(rows.c.lease_until <= now, rows.c.lease_until > now + IMPLAUSIBLE)",
        "over = rows.c.lease_until > now + IMPLAUSIBLE",
        STORE,
    ),
    Mutant(
        "a lease on a relationship from before the clock was put back holds for a day",
        "agent/store/relationships",
        "over = sa.or_(rows.c.lease_until <= now, rows.c.lease_until > now + IMPLAUSIBLE)",
        "over = rows.c.lease_until <= now",
        STORE,
    ),
    Mutant(
        "two effects of one relationship go on at a time",
        "agent/store/relationships",
        "rows.c.id.in_(list(names)), _free(now))",
        "rows.c.id.in_(list(names)))",
        STORE,
    ),
    Mutant(
        "whoever lost a relationship prolongs somebody else's lease",
        "agent/store/relationships",
        'mine = sa.and_(rows.c.id == sa.bindparam("name"), rows.c.epoch == sa.bindparam("held"))',
        'mine = sa.and_(rows.c.id == sa.bindparam("name"), rows.c.epoch >= sa.bindparam("held"))',
        STORE,
    ),
    Mutant(
        "a dead process comes back and still holds what it held",
        "agent/store/relationships",
        ".values(lease_until=None, epoch=rows.c.epoch + 1))",
        ".values(lease_until=None))",
        STORE,
    ),
    Mutant(
        "what a silent worker had begun is given up with the rest",
        "agent/store/relationships",
        "within(rows.c.shard, shards), ~begun)",
        "within(rows.c.shard, shards))",
        DUE,
    ),
    Mutant(
        "a decision is recorded on a state that has moved on",
        "agent/store/relationships",
        'rows.c.version == sa.bindparam("seen"))',
        'rows.c.version >= sa.bindparam("seen"))',
        STORE,
    ),
    Mutant(
        "when to look again is not kept",
        "agent/store/relationships",
        '"then": wake_at}',
        '"then": None}',
        STORE,
    ),
    Mutant(
        "waking puts off",
        "agent/store/relationships",
        "where(these, later).values(wake_at=at))",
        "where(these).values(wake_at=at))",
        STORE,
    ),
    Mutant(
        "who sleeps for good cannot be woken",
        "agent/store/relationships",
        "later = sa.or_(rows.c.wake_at.is_(None), rows.c.wake_at > at)",
        "later = rows.c.wake_at > at",
        STORE,
    ),
    Mutant(
        "what becomes known while a decision is made is forgotten with it",
        "agent/store/relationships",
        "where(these, rows.c.lease_until.is_not(None))",
        "where(these, rows.c.lease_until.is_(None))",
        SIDE_BY_SIDE,
    ),
    Mutant(
        "a decision by terms that have changed meanwhile is recorded",
        "agent/store/relationships",
        '"wake_at": wake_at, "version": rows.c.version + 1}',
        '"wake_at": wake_at}',
        STORE,
    ),
    Mutant(
        "nobody comes when a dead worker's lease ends",
        "agent/store/relationships",
        "moments = tx.execute(sa.select(wake.scalar_subquery(), lease.scalar_subquery())).one()",
        "moments = tx.execute(sa.select(wake.scalar_subquery())).one()",
        STORE,
    ),
    Mutant(
        "nobody takes over what a dead process had begun",
        "agent/services/take_over",
        "        claims.release(tx, programme.clock.now())\n",
        "",
        CRASH,
    ),
)
