"""Mistakes about what people have booked, what servers allow, and when they are asked."""

from __future__ import annotations

from tests.mutation.mutant import Mutant

STORE = ("tests/store/test_sqlite",)
LIMITS = ("tests/services/test_limits",)
GUARD = ("tests/connectors/test_guard",)

MUTANTS = (
    Mutant(
        "somebody's bookings are not asked whether they are as they were seen",
        "agent/store/engagements",
        'rows.c.person == sa.bindparam("this"), rows.c.version == sa.bindparam("seen"))',
        'rows.c.person == sa.bindparam("this"), rows.c.version >= 0)',
        STORE,
    ),
    Mutant(
        "who books for the first time is never beaten to it",
        "agent/store/engagements",
        "if not version and unless_there.insert(",
        "if not version and [] != unless_there.insert(",
        STORE,
    ),
    Mutant(
        "an allowance grows again by what it has grown already",
        "agent/store/quotas",
        ".values(tokens=left - count, counted_at=now)",
        ".values(tokens=left - count)",
        STORE,
    ),
    Mutant(
        "more calls are allowed than there are",
        "agent/store/quotas",
        "_is_open(now), left >= count)",
        "_is_open(now), left >= 0)",
        STORE,
    ),
    Mutant(
        "calls are saved up for longer than a minute",
        "agent/store/quotas",
        "sa.or_(passed < 0, grown > rate.a_minute)",
        "passed < 0",
        STORE,
    ),
    Mutant(
        "a shorter pause ends a longer one",
        "agent/store/quotas",
        "where(rows.c.scope == scope, sooner)",
        "where(rows.c.scope == scope)",
        STORE,
    ),
    Mutant(
        "a calendar that was asked is to be asked at once",
        "agent/store/calendars",
        'place": position, "again": again}',
        'place": position, "again": now}',
        STORE,
    ),
    Mutant(
        "a held meeting leaves its time free",
        "agent/store/meetings",
        "OCCUPYING = (MeetingStatus.BOOKED.value, MeetingStatus.HELD.value)",
        "OCCUPYING = (MeetingStatus.BOOKED.value,)",
        STORE,
    ),
    Mutant(
        "an allowance is never used up",
        "agent/services/limits",
        "            self._left[scope] -= 1\n",
        "",
        LIMITS,
    ),
    Mutant(
        "a pause is kept by everybody else",
        "agent/services/limits",
        "        with self._lock:\n            self._left[scope] = 0\n",
        "",
        LIMITS,
    ),
    Mutant(
        "a lost answer does not count as a failure of its server",
        "connectors/guard",
        "except (Temporary, OutcomeUnknown):",
        "except Temporary:",
        GUARD,
    ),
    Mutant(
        "a server that answers again is still counted as failing",
        "connectors/guard",
        "self._failures + 1 if failed else 0",
        "self._failures + 1 if failed else self._failures",
        GUARD,
    ),
    Mutant(
        "a server rests for as long as the clock was put back",
        "connectors/guard",
        "now < self._rests_until <= now + LONGEST_REST:",
        "now < self._rests_until:",
        GUARD,
    ),
    Mutant(
        "a pause that a provider asks for is kept from the others",
        "connectors/guard",
        "            self.close(limited.retry_after)\n",
        "",
        GUARD,
    ),
    Mutant(
        "one mailbox takes several calls at a time",
        "connectors/guard",
        "    alone: bool = True\n",
        "    alone: bool = False\n",
        GUARD,
    ),
)
