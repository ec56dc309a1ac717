"""What the search says and what the oracle says of the same world, side by side."""

from __future__ import annotations

from math import isclose

from agent.core.slots import search
from tests.core.worlds import World
from tests.oracle import Oracle


def differences(world: World) -> list[str]:
    """Where the two differ: in the feasible starts, those that burden nobody, each person's points, and costs."""
    found = search(world.relationship, world.observed, world.window, ledger=world.ledger, avoided=world.avoided)
    oracle = Oracle(world.relationship, world.observed, world.window)
    possible = oracle.starts(world.avoided)
    burdens = {start: {p.id: oracle.burden(p, start) for p in world.relationship.people} for start in possible}
    easy = {start for start, burden in burdens.items() if not any(burden.values())}
    slots = {slot.span.start: slot for slot in found.priced(found.starts.open)}
    told = {start: slot.burden for start, slot in slots.items()}
    agreed = [start for start in possible if start in told and burdens[start] == told[start]]
    costs = {start: oracle.cost(burdens[start], world.ledger) for start in agreed}
    unburdened = set(found.grid.starts(found.starts.open & found.starts.easy))
    return [
        *(f"{start} is possible and was not found" for start in possible if start not in told),
        *(f"{start} was found and is not possible" for start in told if start not in burdens),
        *(f"{start} burdens somebody, or nobody" for start in unburdened ^ easy),
        *(f"{s} burdens {burdens[s]}, not {told[s]}" for s in possible if s in told and s not in costs),
        *(f"{s} costs {costs[s]}, not {slots[s].cost}" for s in agreed if not isclose(costs[s], slots[s].cost)),
    ]
