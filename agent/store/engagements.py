"""How often what each person has booked has changed, so that two decisions made side by side never book one twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from agent.store import unless_there
from agent.store.engine import Transaction
from agent.store.errors import Stale
from agent.store.schema import engagements as rows


def versions(tx: Transaction, people: Iterable[str]) -> dict[str, int]:
    """Give the version of each person's engagements, 0 where nothing was ever booked for them."""
    names = list(people)
    known = {row.person: row.version for row in tx.execute(_VERSIONS, {"people": names})}
    return {name: known.get(name, 0) for name in names}


_VERSIONS = sa.select(rows.c.person, rows.c.version).where(rows.c.person.in_(sa.bindparam("people", expanding=True)))
"""Built once, which takes longer than to run it."""


def change(tx: Transaction, seen: Mapping[str, int]) -> None:
    """Count a change to what these people have booked. Raises ``Stale`` where one is not as it was seen."""
    for person, version in sorted(seen.items()):
        if not version and unless_there.insert(tx, rows, {"person": person, "version": 1}):
            continue
        if tx.execute(_CHANGED, {"this": person, "seen": version, "next": version + 1}).rowcount != 1:
            raise Stale(f"something else was booked for {person} meanwhile")


_CHANGED = (
    rows.update()
    .where(rows.c.person == sa.bindparam("this"), rows.c.version == sa.bindparam("seen"))
    .values(version=sa.bindparam("next"))
)
