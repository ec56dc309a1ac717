"""Why there is no slot, or so few, in numbers that name a kind of constraint and never a private one.

A layer's minutes are candidate starts times the grid. Two figures are given for each kind: what it forbids by itself,
and what it alone forbids, so that lifting it would give exactly that much back.

``reasons`` is for the operator's own command line and journal. Whatever a participant is shown is counted from a
``View`` (``reasons_for``), which knows nothing of anybody else but which starts they leave open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from agent.core.layers import Kind
from agent.core.slots import Search
from agent.core.view import View
from agent.core.weekmap import local_days

HORIZON = "horizon"
"""What was asked for lies beyond it, so that nothing is booked there yet."""


@dataclass(frozen=True, slots=True)
class Reason:
    """``minutes`` of candidate time that this kind removes by itself; ``only`` it and no other kind removes.

    ``number`` tells a viewer's own boundaries apart, by their place in people.yaml from 1; 0 for everything else.
    ``days`` are the viewer's local days on which it alone stands in the way; 0 where nobody views.
    """

    kind: str
    minutes: int
    only: int
    number: int = 0
    days: int = 0


def reasons(search: Search, grid: int) -> tuple[Reason, ...]:
    """Every kind's share in a search, the largest first. ``grid`` in minutes."""
    if search.window is None:
        return (Reason(HORIZON if search.beyond else Kind.NOTICE, 0, 0),)
    return shares((((layer.kind, 0), layer.forbids) for layer in search.layers), grid)


def reasons_for(seen: View) -> tuple[Reason, ...]:
    """The same for one participant: their own constraints by name, everybody else's together as one opaque kind."""
    if not seen.candidates:
        return (Reason(HORIZON if seen.within else Kind.NOTICE, 0, 0),)
    named: list[tuple[tuple[str, int], int]] = [((own.kind, own.number), own.forbids) for own in seen.own]
    named += [((Kind.PAUSE, 0), seen.pause), ((Kind.UNAVAILABLE, 0), seen.others.forbids)]
    asked = ((name, mask & seen.candidates) for name, mask in named)
    return shares(asked, seen.grid.step, lambda mask: local_days(seen.grid, mask, seen.viewer.where, seen.candidates))


def shares(
    named: Iterable[tuple[tuple[str, int], int]], grid: int, days: Callable[[int], int] = lambda _mask: 0
) -> tuple[Reason, ...]:
    """Count what each name's sets of starts remove, alone and as the only one; a name may have several."""
    groups: dict[tuple[str, int], int] = {}
    for name, forbids in named:
        groups[name] = groups.get(name, 0) | forbids
    once = twice = 0
    for mask in groups.values():
        twice |= once & mask
        once |= mask
    found = [
        Reason(kind, mask.bit_count() * grid, (mask & ~twice).bit_count() * grid, number, days(mask & ~twice))
        for (kind, number), mask in groups.items()
    ]
    return tuple(sorted((r for r in found if r.minutes), key=lambda r: (-r.minutes, r.kind, r.number)))
