"""Takes over what a dead process held."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from agent import log
from agent.services.programme import Programme
from agent.store import claims, relationships


def take_over(programme: Programme) -> None:
    """Free every claim, where nobody else is at work: what had been begun is due at once, with its outcome unknown."""
    with programme.store.begin() as tx:
        freed = relationships.release(tx)
        begun = claims.release(tx, programme.clock.now())
    if freed or begun:
        log.logger().warning("taken over", relationships=freed, effects=begun)


def give_up(programme: Programme, shards: AbstractSet[int]) -> None:
    """Free what a silent worker held of some shards and had not begun; only for whoever ends its lease of them."""
    with programme.store.begin() as tx:
        relationships.give_up(tx, shards)
