"""Takes over what a dead process held; only for whoever is alone at work on the store."""

from __future__ import annotations

from agent.services.programme import Programme
from agent.store import claims, relationships


def take_over(programme: Programme) -> None:
    """Free every claim: what had been begun is due at once, with its outcome unknown."""
    with programme.store.begin() as tx:
        relationships.release(tx)
        claims.release(tx, programme.clock.now())
