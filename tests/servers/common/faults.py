"""What goes wrong with a write: drawn by a seed, so that the same run fails the same way, or asked for one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import Any


class Fault(StrEnum):
    """Where a write is hit, and how. Only those named after the commit leave anything behind."""

    BEFORE_COMMIT = "before-commit"
    """The connection is closed, nothing was done."""
    AFTER_COMMIT = "after-commit"
    """It was done, and the connection is closed without an answer."""
    TRUNCATED = "truncated"
    """It was done, and half of the answer comes."""
    FAILED_AFTER_COMMIT = "failed-after-commit"
    """It was done, and the answer is a 500."""
    UNAVAILABLE = "unavailable"
    """A 503, nothing was done."""
    THROTTLED = "throttled"
    """A 429 with Retry-After, nothing was done."""
    TOKEN_REVOKED = "token-revoked"
    """The grant is taken back just before, for good."""
    SCOPE_MISSING = "scope-missing"
    """The grant loses the scopes that this write needs, for good."""


COMMITTED = frozenset({Fault.AFTER_COMMIT, Fault.TRUNCATED, Fault.FAILED_AFTER_COMMIT})
"""Those after which the write has happened."""


@dataclass(frozen=True)
class Plan:
    """Hits one write in ``one_in`` (0: none) whose method matches a pattern, with one of ``kinds``."""

    seed: int = 0
    one_in: int = 0
    kinds: tuple[Fault, ...] = tuple(Fault)
    methods: tuple[str, ...] = ("*",)
    retry_after: int = 7

    def draw(self, ordinal: int, method: str, who: str = "") -> Fault | None:
        """Say what happens to the so-manieth write, always the same for the same seed."""
        if not self.one_in or not any(fnmatchcase(method, pattern) for pattern in self.methods):
            return None
        digest = sha256(f"{self.seed}/{ordinal}/{method}{who}".encode()).digest()
        if int.from_bytes(digest[:8], "big") % self.one_in:
            return None
        return self.kinds[int.from_bytes(digest[8:16], "big") % len(self.kinds)]

    @classmethod
    def read(cls, data: dict[str, Any]) -> Plan:
        """Take a plan as the control API gets it."""
        kinds = tuple(Fault(kind) for kind in data.pop("kinds", tuple(Fault)))
        return cls(kinds=kinds, methods=tuple(data.pop("methods", ("*",))), **data)


@dataclass
class Faults:
    """The plan in force, those asked for by name, and what was hit so far."""

    plan: Plan = field(default_factory=Plan)
    queued: list[tuple[str, Fault]] = field(default_factory=list)
    hit: list[dict[str, Any]] = field(default_factory=list)
    writes: int = 0
    _of: Counter[tuple[str, str]] = field(default_factory=Counter)

    def draw(self, method: str, who: str = "") -> Fault | None:
        """Say what happens to this write, and keep it; those asked for come first.

        Where it is said ``who`` writes, each of them has a count of their own: then the same things go wrong for each
        whichever of several clients at once comes first.
        """
        self.writes += 1
        self._of[who, method] += 1
        ordinal = self._of[who, method] if who else self.writes
        fault = self._queued(method) or self.plan.draw(ordinal, method, who)
        if fault:
            self.hit.append({"write": self.writes, "method": method, "fault": fault.value, "who": who})
        return fault

    def _queued(self, method: str) -> Fault | None:
        for index, (pattern, fault) in enumerate(self.queued):
            if fnmatchcase(method, pattern):
                del self.queued[index]
                return fault
        return None
