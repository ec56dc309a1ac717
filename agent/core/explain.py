"""Why there is no slot, in numbers that name a kind of constraint and never a private one.

A layer's minutes are candidate starts times the grid. Two figures are given for each kind: what it forbids by itself,
and what it alone forbids, so that lifting it would give exactly that much back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent.core.layers import Kind, Layer
from agent.core.slots import Search


@dataclass(frozen=True, slots=True)
class Reason:
    """``minutes`` of candidate time that this kind removes by itself; ``only`` it and no other kind removes."""

    kind: str
    minutes: int
    only: int


def reasons(search: Search, grid: int) -> tuple[Reason, ...]:
    """Every kind's share in a search, the largest first. ``grid`` in minutes."""
    if search.window is None:
        return (Reason(Kind.NOTICE, 0, 0),)
    return shares(search, grid, ((layer.kind, layer) for layer in search.layers))


def reasons_for(search: Search, grid: int, viewer: str) -> tuple[Reason, ...]:
    """The same for one participant: their own kinds by name, everybody else's together as one opaque kind."""
    if search.window is None:
        return (Reason(Kind.NOTICE, 0, 0),)
    return shares(search, grid, ((_seen_by(viewer, layer), layer) for layer in search.layers))


def _seen_by(viewer: str, layer: Layer) -> str:
    if layer.person is None:
        return layer.kind
    return f"own-{layer.kind}" if layer.person == viewer else Kind.UNAVAILABLE


def shares(search: Search, grid: int, named: Iterable[tuple[str, Layer]]) -> tuple[Reason, ...]:
    """Count what each name's layers remove from the search's window."""
    if search.window is None:
        return ()
    groups: dict[str, int] = {}
    for name, layer in named:
        groups[name] = groups.get(name, 0) | layer.forbids
    found = []
    for name, alone in groups.items():
        others = 0
        for other, mask in groups.items():
            others |= mask if other != name else 0
        found.append(Reason(name, alone.bit_count() * grid, (alone & ~others).bit_count() * grid))
    return tuple(sorted((r for r in found if r.minutes), key=lambda r: (-r.minutes, r.kind)))
