"""What a person's own rules forbid, or make costly."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agent.core.rules import Rule


class Strength(StrEnum):
    """Whether a boundary is never crossed, or costs."""

    HARD = "hard"
    SOFT = "soft"


@dataclass(frozen=True, slots=True)
class Boundary:
    """A rule with its strength. ``points`` per minute apply to a soft one. Its private name never gets this far."""

    rule: Rule
    strength: Strength = Strength.HARD
    points: float = 1.0
