"""Every time at which a relationship could meet, best first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from agent.core import cadence
from agent.core.availability import around
from agent.core.burden import cost, decayed
from agent.core.grid import Grid
from agent.core.layers import Layer, Shape, Starts, feasible_starts, layers, start_mask
from agent.core.meter import meter
from agent.core.minutes import first_places
from agent.core.observation import Observed
from agent.core.people import Medium
from agent.core.relationships import Ledger, Relationship
from agent.core.timespan import DAY, Span, ceil_minute, whole_minutes


@dataclass(frozen=True, slots=True)
class Slot:
    """A feasible time: burden in points per person, and the cost that ranks it."""

    span: Span
    medium: Medium
    burden: Mapping[str, float]
    cost: float


@dataclass(frozen=True)
class Search:
    """One search over a window of starts (None where that is empty); what it finds is worked out when asked for.

    ``beyond`` says of an empty window that it is so because all that was asked for lies beyond the horizon.
    """

    relationship: Relationship
    observed: Observed
    window: Span | None
    ledger: Ledger
    avoided: tuple[int, ...] = ()
    beyond: bool = False

    @cached_property
    def grid(self) -> Grid:
        """The candidate starts."""
        return Grid.over(self.window, whole_minutes(self.relationship.policy.grid))

    @cached_property
    def starts(self) -> Starts:
        """Starts that nothing forbids, and those that are a burden to nobody."""
        shape, limits = Shape.of(self.relationship), self.relationship.policy.limits
        people = [
            start_mask(person, self.observed.of(person.id), self.grid, shape, limits)
            for person in self.relationship.people
        ]
        return feasible_starts(self.relationship, people, self.grid, self.avoided)

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """What forbids the rest."""
        return layers(self.relationship, self.observed.people, self.grid, self.avoided) if self.window else ()

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """Every slot, by cost and, where that is equal, earlier first."""
        return tuple(sorted(self.priced(self.starts.open), key=lambda slot: (slot.cost, slot.span.start)))

    @cached_property
    def carried(self) -> Ledger:
        """What everybody has carried, as it counts where the window begins."""
        return decayed(self.ledger, self.window.start) if self.window else self.ledger

    def priced(self, mask: int) -> tuple[Slot, ...]:
        """Slots at some of the starts, in order of time."""
        return price(self.relationship, self.observed, tuple(self._spans(mask)), self.carried)

    def unburdened(self, mask: int) -> tuple[Slot, ...]:
        """Slots at starts that are a burden to nobody, in order of time."""
        nothing = dict.fromkeys((person.id for person in self.relationship.people), 0.0)
        total = cost(nothing, self.carried, nothing, self.relationship.policy.fairness)
        medium = common_medium(self.relationship)
        return tuple(Slot(span, medium, nothing, total) for span in self._spans(mask))

    def _spans(self, mask: int) -> Iterator[Span]:
        duration = Shape.of(self.relationship).duration
        return (Span(start, start + duration) for start in self.grid.starts(mask))

    @property
    def cheapest(self) -> tuple[Slot, ...]:
        """Every slot that costs the least there is, in order of time.

        While fairness stays below 1 nothing is cheaper than a burden to nobody, so often little has to be priced.
        """
        if easy := self.starts.open & self.starts.easy:
            return self.unburdened(easy)
        least = self.slots[0].cost if self.slots else 0.0
        return tuple(slot for slot in self.slots if slot.cost == least)


def starts_window(now: datetime, relationship: Relationship, first: datetime, end: datetime | None) -> Span | None:
    """Minutes in which a start may lie: from the later of ``first`` and now + notice, to ``end`` or now + horizon."""
    policy = relationship.policy
    start = ceil_minute(max(first, now + policy.notice))
    stop = ceil_minute(end if end is not None else now + policy.horizon)
    return Span(start, stop) if start < stop else None


def search(
    relationship: Relationship,
    observed: Observed,
    window: Span | None,
    *,
    ledger: Ledger,
    avoided: Iterable[int] = (),
) -> Search:
    """Search for the feasible starts in a window (UTC minutes); ``avoided`` are starts that nobody wants again."""
    return Search(relationship, observed, window, ledger, tuple(avoided))


def earliest_easy(everybody: Iterable[Starts], grid: Grid) -> int | None:
    """The earliest start (minutes) open to everybody and a burden to nobody: where there is one, none is better.

    With everybody's starts at hand (``start_mask``) this is all that a search for the best slot comes to.
    """
    easy = -1
    for each in everybody:
        easy &= each.open & each.easy
    return grid.earliest(easy) if easy > 0 else None


def best_slots(found: Search, count: int) -> tuple[Slot, ...]:
    """The first so many of ``found.slots``; where enough are a burden to nobody, only those are priced."""
    easy = found.starts.open & found.starts.easy
    if easy.bit_count() >= count:
        return found.unburdened(first_places(easy, count))
    return found.slots[:count]


def best(found: Search, due: datetime) -> Slot | None:
    """The cheapest slot; among equals the one on the mentor's day nearest to the due one, then the earliest."""
    where = found.relationship.mentor.where
    return min(
        found.cheapest, key=lambda slot: (cadence.days_off(slot.span.start, due, where), slot.span.start), default=None
    )


def price(relationship: Relationship, observed: Observed, spans: tuple[Span, ...], carried: Ledger) -> tuple[Slot, ...]:
    """Slots at given spans, whoever chose them, in the same order; spans may be of different lengths.

    ``carried`` is the ledger as it counts then.
    """
    if not spans:
        return ()
    window = around(Span(min(s.start for s in spans), max(s.end for s in spans)), DAY)
    meters = {p.id: meter(p, observed.of(p.id).busy or (), window) for p in relationship.people}
    medium = common_medium(relationship)
    slots = []
    for span in spans:
        points = {person: each.of(span) for person, each in meters.items()}
        slots.append(Slot(span, medium, points, cost(points, carried, meters, relationship.policy.fairness)))
    return tuple(slots)


def common_medium(relationship: Relationship) -> Medium:
    """The medium everybody can use that stands highest in their lists together; the mentor's order breaks ties."""
    mentor = relationship.mentor.media
    shared = [m for m in mentor if all(m in person.media for person in relationship.people)]
    if not shared:
        return mentor[0]
    return min(shared, key=lambda m: (sum(p.media.index(m) for p in relationship.people), mentor.index(m)))
