"""The life of each meeting as the judge found it: where it was first, where it went, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agent.core.timespan import Span, covering


@dataclass(frozen=True, slots=True)
class Life:
    """One meeting. ``state`` is ``held``, ``ahead`` or ``called off``; ``left`` are times it was announced for once."""

    uid: str
    relationship: str
    state: str
    now: Span | None
    left: tuple[Span, ...]

    @property
    def first(self) -> Span | None:
        """When it was first meant to be."""
        return self.left[0] if self.left else self.now


def lives(verdict: dict[str, Any]) -> dict[str, list[Life]]:
    """Meetings by relationship, in the order of their first times."""
    found: dict[str, list[Life]] = {}
    for raw in verdict["meetings"]:
        now = _span(raw["when"]) if raw["when"] else None
        announced = [span for ends in raw["announced"] if (span := _span(ends)) and span != now]
        life = Life(raw["uid"], raw["relationship"] or "", raw["state"], now, tuple(dict.fromkeys(announced)))
        if life.first is not None:
            found.setdefault(life.relationship, []).append(life)
    for listed in found.values():
        listed.sort(key=lambda life: (life.first or Span(0, 1), life.uid))
    return found


def _span(ends: list[str]) -> Span | None:
    return covering(datetime.fromisoformat(ends[0]), datetime.fromisoformat(ends[1]))
