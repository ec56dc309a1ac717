"""What reached a server: every call with its answer, to be counted, and every mistake of the server itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """One call: when, which method, for whom, and how it was answered (0: not at all)."""

    at: str
    method: str
    account: str
    status: int
    reason: str = ""


@dataclass
class Ledger:
    """``broken`` holds answers that did not match the provider's own description: a mistake in the double."""

    calls: list[Call] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Give counts by method and by answer, all refusals, and what is broken."""
        return {
            "methods": dict(Counter(call.method for call in self.calls)),
            "answers": dict(Counter(f"{call.method} {call.status}" for call in self.calls)),
            "refused": [asdict(call) for call in self.calls if call.status >= 400],
            "broken": self.broken,
        }
