"""Looks over the whole store for what is due, without doing any of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent.services.programme import Programme
from agent.store import agenda, due


@dataclass(frozen=True, slots=True)
class Survey:
    """The shards with something to do now, and where there are none, when the next will have (None: never)."""

    shards: frozenset[int]
    wake: datetime | None = None


def survey(programme: Programme) -> Survey:
    """Look at everything as of now."""
    with programme.store.look() as tx:
        shards = due.shards(tx, programme.clock.now())
        if shards:
            return Survey(shards)
        return Survey(shards, agenda.read(tx).first)
