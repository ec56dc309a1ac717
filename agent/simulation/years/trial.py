"""One run of a history in a folder that is thrown away, and what the judges say of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from agent.simulation.years.history import History
from agent.simulation.years.judging.evidence import Evidence, Finding
from agent.simulation.years.judging.verdict import judge
from agent.simulation.years.year import Year


@dataclass(frozen=True)
class Trial:
    """What came of a history. ``points`` is the burden that each person carries at the end."""

    history: History
    evidence: Evidence
    findings: tuple[Finding, ...]
    points: dict[str, float]

    @property
    def fingerprint(self) -> str:
        """A digest of everything that happened: the same for the same history, on every machine."""
        evidence = self.evidence
        told = (evidence.writes, evidence.mails, evidence.deeds, evidence.troubles, evidence.journal, evidence.copies)
        return hashlib.sha256(repr(told).encode()).hexdigest()


def _ignore(_now: int) -> None:
    return


def attempt(history: History, *, store: str | None = None, passed: Callable[[int], None] = _ignore) -> Trial:
    """Run a history and judge it. ``store`` is the address of an empty database; without one it is made and removed.

    ``passed`` hears of each minute that the clock has reached.
    """
    with TemporaryDirectory(prefix="attune-years-") as folder:
        year = Year(history, Path(folder), store or f"sqlite:///{folder}/attune.db", passed)
        try:
            evidence = year.run()
            return Trial(history, evidence, tuple(judge(evidence)), year.points)
        finally:
            year.close()
