"""Counts what became of a simulated programme: meetings, mails, burdens, and what went wrong on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import Any

from agent.simulation.years.history import WEEK
from agent.simulation.years.judging import letters
from agent.simulation.years.judging.lives import Case
from agent.simulation.years.trial import Trial


@dataclass(frozen=True)
class Figures:
    """``weekly`` has, week by week, meetings held and mails sent; ``points`` are burdens, lightest first."""

    counts: dict[str, int]
    faults: dict[str, int]
    weekly: tuple[tuple[int, int], ...]
    points: tuple[float, ...]
    mails_a_week: float


def count(trial: Trial) -> Figures:
    """Count."""
    evidence, case = trial.evidence, Case(trial.evidence)
    lines = Counter(line.event for line in evidence.journal)
    moved = sum(1 for life in case.all if life.last.revision)
    counts = {
        "meetings booked": lines["booked"],
        "meetings held": lines["held"],
        "meetings moved": moved,
        "meetings called off or cancelled": lines["called-off"] + lines["cancelled"],
        "meetings left in conflict": lines["stuck"],
        "due and refused, with a reason": lines["no-slot"],
        "events written": len(evidence.writes),
        "mails sent": len(evidence.mails),
        "mails left out, with a reason": lines["mail-left-out"],
        "mails sent once more, their answer lost": letters.resent(case),
        "effects set aside after a refusal": lines["failed"],
        "things people did": len(evidence.deeds),
        "faults that struck": sum(1 for each in evidence.troubles if each.person),
        "process killed": sum(1 for each in evidence.troubles if not each.person),
    }
    faults = Counter(each.kind for each in evidence.troubles)
    people, weeks = len(evidence.people), trial.history.weeks
    points = tuple(sorted(trial.points.get(raw["id"], 0.0) for raw in evidence.people))
    return Figures(counts, dict(sorted(faults.items())), _weekly(trial), points, len(evidence.mails) / people / weeks)


def _weekly(trial: Trial) -> tuple[tuple[int, int], ...]:
    evidence, weeks = trial.evidence, trial.history.weeks
    last = weeks - 1  # what happens in the very last minute is of the last week
    held = Counter(min((e.at - evidence.start) // WEEK, last) for e in evidence.journal if e.event == "held")
    mails = Counter(min((mail.at - evidence.start) // WEEK, last) for mail in evidence.mails)
    return tuple((held[week], mails[week]) for week in range(weeks))


def as_object(trial: Trial) -> dict[str, Any]:
    """Give everything as one JSON object."""
    history, figures = trial.history, count(trial)
    return {
        "seed": history.seed,
        "relationships": len(history.relationships),
        "people": len(history.people),
        "weeks": history.weeks,
        "counts": figures.counts,
        "mails_per_person_and_week": round(figures.mails_a_week, 3),
        "burden": {"median": round(median(figures.points), 2), "highest": round(max(figures.points), 2)},
        "faults": figures.faults,
        "weekly": [{"held": held, "mails": mails} for held, mails in figures.weekly],
        "findings": [
            {"invariant": f.invariant, "relationship": f.relationship, "minute": f.at, "what": f.what}
            for f in trial.findings
        ],
        "fingerprint": trial.fingerprint,
    }
