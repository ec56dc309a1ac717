"""The verdict as JSON: figures, everything that is not as promised, and the meetings as they were found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from . import acts, leaks, meetings, telling
from .appointments import Stretch
from .evidence import Evidence
from .findings import Fault, Finding, Findings
from .letters import Letter

CHECKS: tuple[Callable[[Evidence], Findings], ...] = (
    meetings.crossings,
    meetings.disagreements,
    meetings.doubles,
    telling.soundness,
    telling.hours,
    telling.repeats,
    telling.untold,
    leaks.leaks,
    acts.dishonoured,
)


def report(evidence: Evidence) -> dict[str, Any]:
    """Run every check. ``as_promised`` is whether meetings were held and nothing was found that must not be."""
    found = list(dict.fromkeys(finding for check in CHECKS for finding in check(evidence)))
    held = meetings.held(evidence)
    return {
        "as_promised": bool(held) and not found,
        "figures": figures(evidence),
        "faults": _counted(found),
        "findings": [{"fault": each.fault.value, "what": each.what} for each in found],
        "meetings": [_meeting(uid, evidence) for uid in _uids(evidence)],
        "letters": [_letter(letter, evidence) for letter in evidence.letters],
        "acts": list(evidence.acts),
    }


def _counted(found: list[Finding]) -> dict[str, int]:
    counts = Counter(finding.fault for finding in found)
    return {fault.value: counts[fault] for fault in Fault}


def figures(evidence: Evidence) -> dict[str, int]:
    """What there was, whether or not it was as it should be."""
    summons = [letter.summons for letter in evidence.letters if letter.summons]
    uids = {each.uid for each in summons if each.method == "CANCEL"}
    moved = {(each.uid, each.sequence) for each in summons if each.method == "REQUEST" and each.sequence}
    agreed = meetings.agreed(evidence)
    held = meetings.held(evidence)
    return {
        "meetings held": len(held),
        "meetings ahead": len(agreed) - len(held),
        "times a meeting was moved": len(moved),
        "meetings called off": len(uids),
        "mails": len(evidence.letters),
        "acts of people": len(evidence.acts),
        "private texts looked for": len(evidence.private),
        "places searched for them": len(evidence.letters) + len(evidence.copies) + len(evidence.files),
    }


def _uids(evidence: Evidence) -> list[str]:
    return sorted({letter.summons.uid for letter in evidence.letters if letter.summons} | set(evidence.by_uid()))


def _meeting(uid: str, evidence: Evidence) -> dict[str, Any]:
    """A meeting's whole life: where it is now, and each time that was announced, first to last."""
    bond = meetings.bond_of_letter(evidence, uid)
    now = next((each for each in meetings.agreed(evidence) if each.uid == uid), None)
    over = now is not None and now.when.end <= evidence.until
    return {
        "uid": uid,
        "relationship": bond.id if bond else None,
        "state": ("held" if over else "ahead") if now else "called off",
        "when": _ends(now.when) if now else None,
        "announced": _announced(uid, evidence),
    }


def _announced(uid: str, evidence: Evidence) -> list[list[str]]:
    told = [each.summons for each in evidence.letters if each.summons and each.summons.uid == uid]
    times = {each.sequence: each.when for each in told if each.method == "REQUEST" and each.when}
    return [_ends(times[sequence]) for sequence in sorted(times)]


def _letter(letter: Letter, evidence: Evidence) -> dict[str, Any]:
    person = evidence.roll.by_email(letter.recipient)
    return {
        "file": letter.file,
        "at": letter.at.isoformat(),
        "person": person.id if person else None,
        "method": letter.summons.method if letter.summons else None,
        "uid": letter.summons.uid if letter.summons else None,
    }


def _ends(stretch: Stretch) -> list[str]:
    return [_text(stretch.start), _text(stretch.end)]


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
