"""What can come of carrying out an intent, when nothing went wrong outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from agent.store.engine import Transaction


def _nothing(_tx: Transaction) -> None:
    return


@dataclass(frozen=True, slots=True)
class Done:
    """It is so now. ``evidence`` is what the provider said; ``keep`` writes what we must remember of it."""

    evidence: str
    detail: Mapping[str, str | int] = field(default_factory=dict)
    keep: Callable[[Transaction], None] = _nothing


@dataclass(frozen=True, slots=True)
class Later:
    """Not now, and nobody's fault. ``decide_again`` where the rules have changed under it."""

    not_before: datetime
    why: str
    decide_again: bool = False


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Not any more. ``decide_again`` where the world has changed under it."""

    why: str
    decide_again: bool = False


Verdict = Done | Later | Withdrawn
