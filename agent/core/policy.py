"""The programme's policy as values, already merged with what a relationship sets for itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often a relationship meets: ``every`` from one start to the next, plus or minus ``window``."""

    every: timedelta = timedelta(weeks=2)
    window: timedelta = timedelta(days=4)
    duration: timedelta = timedelta(minutes=45)


@dataclass(frozen=True, slots=True)
class Buffers:
    """Room kept free around a meeting, against busy time and other meetings only."""

    before: timedelta = timedelta(minutes=5)
    after: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Limits:
    """The most of Attune's meetings that one person has in a local day and in a local week."""

    per_day: int = 2
    per_week: int = 5


@dataclass(frozen=True, slots=True)
class Policy:
    """What binds one relationship."""

    cadence: Cadence = field(default_factory=Cadence)
    notice: timedelta = timedelta(hours=24)
    horizon: timedelta = timedelta(weeks=6)
    grid: timedelta = timedelta(minutes=15)
    buffers: Buffers = field(default_factory=Buffers)
    limits: Limits = field(default_factory=Limits)
    agenda_before: timedelta = timedelta(hours=48)
    follow_up_after: timedelta = timedelta(hours=2)
    fairness: float = 0.5
    """Weight of imbalance in a slot's cost (λ), at least 0 and below 1."""
