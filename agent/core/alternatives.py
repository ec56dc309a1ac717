"""Which few of many times to offer somebody who would rather meet at another one."""

from __future__ import annotations

from agent.core.slots import Search, Slot


def alternatives(found: Search, count: int) -> tuple[Slot, ...]:
    """Give at most so many slots: the best of each of the mentor's local days first, then the best of the rest.

    Both parts are in the search's order. What must not be offered again, as the time it is instead of, is for the
    search to avoid.
    """
    where = found.relationship.mentor.where
    days: set[int] = set()
    first: list[Slot] = []
    more: list[Slot] = []
    for slot in found.slots:
        day = where.local_day(slot.span.start)
        (more if day in days else first).append(slot)
        days.add(day)
    return tuple((first + more)[:count])
