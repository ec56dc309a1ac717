"""Every pattern of one relationship that a better plan could contain: those whose reduced cost is within the gap."""

from __future__ import annotations

from collections.abc import Iterator

from agent.core.cohort.cheapest import Ask, Search, reached
from agent.core.cohort.course import Carried
from agent.core.cohort.patterns import Menu, Pattern
from agent.core.minutes import places


def nearby(menu: Menu, ask: Ask) -> Iterator[Pattern]:
    """All patterns whose cost and prices are less than ``ask.below`` together; there may be a great many."""
    return _further(Search(menu, ask), 0, menu.carried, ())


def _further(search: Search, cost: int, carried: Carried, pattern: Pattern) -> Iterator[Pattern]:
    k, menu = len(pattern), search.menu
    if k == search.count:
        yield pattern
        return
    last = max((each for each, place in enumerate(pattern) if place is not None), default=-1)
    reach = -1 if last < 0 else reached(menu, last, 1 << (pattern[last] or 0), k)
    for units, adds, mask in search.choices[k]:
        after = menu.moved(carried, adds)
        total = cost + units + menu.imbalance(k, after)
        if total + search.least(k + 1, after) < search.below:
            for place in places(mask & reach):
                yield from _further(search, total, after, (*pattern, place))
    if cost + search.out[k] + search.least(k + 1, carried) < search.below:
        yield from _further(search, cost + search.out[k], carried, (*pattern, None))
