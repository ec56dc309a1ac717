"""Judges what was promised: every due meeting is booked or refused with a reason, and nothing is left lying."""

from __future__ import annotations

from agent.simulation.years.judging.evidence import Finding
from agent.simulation.years.judging.findings import Findings
from agent.simulation.years.judging.lives import Case, Life, spoken

DAY = 24 * 60
BOUND = 10 * DAY
"""Minutes after its time by which a meeting is booked, or its refusal told, whatever goes wrong."""

TOLD = {"declined", "edited", "forbidden", "rezoned"}
"""Why a meeting was cancelled where the journal has said already that there is no other time."""


def due(case: Case) -> Findings:
    """Every meeting that fell due was booked, or the journal says why not."""
    answered = {
        (line.relationship, line.number) for line in case.evidence.journal if line.event in {"booked", "no-slot"}
    }
    for name, lives in case.lives.items():
        if (name, 1) not in answered and case.evidence.start + 2 * BOUND < case.evidence.end:
            yield Finding("due and not booked", name, case.evidence.start, "meeting 1")
        for life in lives:
            over = life.end and _deadline(case, life) < case.evidence.end
            if over and (name, life.number + 1) not in answered and life.versions[-1].why not in TOLD:
                yield Finding("due and not booked", name, life.closed, f"meeting {life.number + 1}")


def _deadline(case: Case, life: Life) -> int:
    every, window = case.cadence(life.relationship)
    return max(life.closed, (life.last.start or 0) + every + window) + BOUND


def reasons(case: Case) -> Findings:
    """A refusal names what stood in the way."""
    for line in case.evidence.journal:
        if line.event == "no-slot" and not line.detail:
            yield Finding("no reason given", line.relationship, line.at, f"meeting {line.number}")


def overdue(case: Case) -> Findings:
    """Nothing that could be done is left, and nothing was set aside for a fault of our own."""
    for what in case.evidence.overdue:
        yield Finding("left lying", "", case.evidence.end, what)
    for line in case.evidence.journal:
        if line.event in {"set-aside", "check-failed"}:
            why = line.detail.get("why") or line.detail.get("kinds")
            yield Finding("set aside", line.relationship, line.at, f"{line.event}: {why}")


def closed(case: Case) -> Findings:
    """No meeting is still open in the journal long after it was over."""
    for lives in case.lives.values():
        for life in lives[:-1]:
            if not life.end:
                yield Finding("left lying", life.relationship, life.last.at, f"meeting {life.number} was never closed")
        for life in lives[-1:]:
            if not life.end and (life.last.start or 0) + DAY < case.evidence.end:
                what = f"meeting {life.number} of {spoken(life.last.start or 0)} was never closed"
                yield Finding("left lying", life.relationship, life.last.at, what)
