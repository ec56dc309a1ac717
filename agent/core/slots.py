"""Every time at which a relationship could meet, best first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from agent.core import cadence
from agent.core.availability import around, burdens
from agent.core.burden import cost, decayed
from agent.core.layers import Layer, Shape, layers
from agent.core.observation import Observed
from agent.core.people import Medium
from agent.core.relationships import Ledger, Relationship
from agent.core.timespan import DAY, Run, Span, ceil_minute, subtract, union, whole_minutes


@dataclass(frozen=True, slots=True)
class Slot:
    """A feasible time: burden in points per person, and the cost that ranks it."""

    span: Span
    medium: Medium
    burden: Mapping[str, float]
    cost: float


@dataclass(frozen=True, slots=True)
class Search:
    """The answer over one window of starts: slots best first, and the layers that forbade the rest."""

    window: Span | None
    slots: tuple[Slot, ...]
    layers: tuple[Layer, ...]


def starts_window(now: datetime, relationship: Relationship, first: datetime, end: datetime | None) -> Span | None:
    """Minutes in which a start may lie: from the later of ``first`` and now + notice, to ``end`` or now + horizon."""
    policy = relationship.policy
    start = ceil_minute(max(first, now + policy.notice))
    stop = ceil_minute(end if end is not None else now + policy.horizon)
    return Span(start, stop) if start < stop else None


def feasible(window: Span, forbidding: Iterable[Layer]) -> Run:
    """Starts that no layer forbids, on the grid or off it."""
    return subtract((window,), union(span for layer in forbidding for span in layer.forbids))


def on_grid(run: Run, grid: int) -> tuple[int, ...]:
    """Multiples of the grid since the epoch (minutes) that lie in a run."""
    return tuple(start for span in run for start in range(-(-span.start // grid) * grid, span.end, grid))


def search(
    relationship: Relationship,
    observed: Observed,
    window: Span | None,
    *,
    ledger: Ledger,
    avoided: Iterable[int] = (),
) -> Search:
    """Find every feasible start in a window, by cost and, where that is equal, earlier first."""
    if window is None:
        return Search(None, (), ())
    forbidding = layers(relationship, observed.people, window, avoided)
    starts = on_grid(feasible(window, forbidding), whole_minutes(relationship.policy.grid))
    return Search(window, _ranked(relationship, observed, starts, ledger), forbidding)


def best(found: Search, due: datetime, zone: str) -> Slot | None:
    """The cheapest slot; among equals the one on the zone's day nearest to the due one, then the earliest."""
    return min(
        found.slots,
        key=lambda slot: (slot.cost, cadence.days_off(slot.span.start, due, zone), slot.span.start),
        default=None,
    )


def price(relationship: Relationship, observed: Observed, spans: tuple[Span, ...], ledger: Ledger) -> tuple[Slot, ...]:
    """Slots at given spans, whoever chose them, in the same order; spans may be of different lengths."""
    if not spans:
        return ()
    window = around(Span(min(s.start for s in spans), max(s.end for s in spans)), DAY)
    meters = {p.id: burdens(p, observed.of(p.id).busy or (), window) for p in relationship.people}
    carried = decayed(ledger, window.start)
    medium = common_medium(relationship)
    slots = []
    for span in spans:
        points = {person: meter.of(span) for person, meter in meters.items()}
        slots.append(Slot(span, medium, points, cost(points, carried, meters, relationship.policy.fairness)))
    return tuple(slots)


def _ranked(
    relationship: Relationship, observed: Observed, starts: tuple[int, ...], ledger: Ledger
) -> tuple[Slot, ...]:
    duration = Shape.of(relationship).duration
    slots = price(relationship, observed, tuple(Span(start, start + duration) for start in starts), ledger)
    return tuple(sorted(slots, key=lambda slot: (slot.cost, slot.span.start)))


def common_medium(relationship: Relationship) -> Medium:
    """The medium everybody can use that stands highest in their lists together; the mentor's order breaks ties."""
    mentor = relationship.mentor.media
    shared = [m for m in mentor if all(m in person.media for person in relationship.people)]
    if not shared:
        return mentor[0]
    return min(shared, key=lambda m: (sum(p.media.index(m) for p in relationship.people), mentor.index(m)))
