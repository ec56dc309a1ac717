"""How much of the programme one sweep is about, and what it did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent.store.shards import Shards


@dataclass(frozen=True, slots=True)
class Part:
    """Some shards (None: all), until a moment (None: until nothing is due).

    ``ask_all`` asks every calendar whether it has changed, instead of those only whose time to be asked has come.
    """

    shards: Shards = None
    until: datetime | None = None
    ask_all: bool = True


WHOLE = Part()
"""Everything, now."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: calendars found changed, decisions recorded, effects carried out, relationships set aside."""

    changed: int = 0
    decided: int = 0
    delivered: int = 0
    set_aside: int = 0
