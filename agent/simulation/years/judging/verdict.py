"""All judges at once: everything that was promised and not kept, in the order in which it happened."""

from __future__ import annotations

from collections.abc import Callable

from agent.simulation.years.judging import books, events, letters, places, promises
from agent.simulation.years.judging.evidence import Evidence, Finding
from agent.simulation.years.judging.findings import Findings
from agent.simulation.years.judging.lives import Case

INVARIANTS: tuple[Callable[[Case], Findings], ...] = (
    places.boundaries,
    places.strangers,
    places.hours,
    places.crowding,
    events.doubles,
    events.lost,
    events.unasked,
    events.ignored,
    letters.doubles,
    letters.repeated,
    letters.stale,
    letters.lost,
    promises.due,
    promises.reasons,
    promises.overdue,
    promises.closed,
    books.unwritten,
    books.unfounded,
)


def judge(evidence: Evidence) -> list[Finding]:
    """Give every promise that was not kept, earliest first; nothing where all were."""
    case = Case(evidence)
    found = {finding for invariant in INVARIANTS for finding in invariant(case)}
    return sorted(found, key=lambda each: (each.at, each.relationship, each.invariant, each.what))
