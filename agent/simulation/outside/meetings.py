"""Checks on meetings: that each lies where everybody allows it, once, and the same in every calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from .appointments import Stretch
from .evidence import Copy, Evidence
from .findings import Fault, Finding, Findings
from .people import Bond, Participant

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Found:
    """A meeting that all calendars of a relationship agree on."""

    uid: str
    bond: Bond
    when: Stretch
    sequence: int


def agreed(evidence: Evidence) -> list[Found]:
    """Meetings in the calendars of everybody concerned, at one and the same time, and called off by nobody."""
    found = []
    for uid, copies in evidence.by_uid().items():
        bond = evidence.bond(uid)
        if bond and not _disagreement(copies, bond) and not any(copy.called_off for copy in copies):
            found.append(Found(uid, bond, copies[0].when, max(copy.sequence for copy in copies)))
    return sorted(found, key=lambda each: (each.when, each.uid))


def held(evidence: Evidence) -> list[Found]:
    """Those of them that are over."""
    return [each for each in agreed(evidence) if each.when.end <= evidence.until]


def disagreements(evidence: Evidence) -> Findings:
    """Meetings that stand differently in the calendars of those concerned, or belong to nobody."""
    for uid, copies in evidence.by_uid().items():
        bond = evidence.bond(uid)
        wrong = _disagreement(copies, bond) if bond else "invites no known pair or circle"
        if wrong:
            yield Finding(Fault.SPLIT, f"{uid}: {wrong}")


def _disagreement(copies: list[Copy], bond: Bond) -> str | None:
    there = {copy.person for copy in copies}
    if there != set(bond.people):
        return f"is missing for {', '.join(sorted(set(bond.people) - there))}"
    if len({copy.when for copy in copies}) > 1:
        return "has different times"
    return None


def crossings(evidence: Evidence) -> Findings:
    """Minutes of a meeting, or of a time ever announced, that somebody's rules or other appointments forbid."""
    for when, bond, where in _times(evidence):
        for name in bond.people:
            person = evidence.roll.people[name]
            if forbidden := _first_forbidden(person, when):
                yield Finding(Fault.BOUNDARY, f"{where} crosses a rule of {name} at {forbidden:%Y-%m-%dT%H:%MZ}")
    for each in agreed(evidence):
        for name in each.bond.people:
            if any(each.when.meets(other) for other in evidence.occupied[name]):
                yield Finding(Fault.BOUNDARY, f"{each.bond.id} {each.when.start:%Y-%m-%dT%H:%MZ} where {name} is busy")


def _times(evidence: Evidence) -> list[tuple[Stretch, Bond, str]]:
    """Every time at which a meeting stands in any calendar, or was announced by mail, and where it says so first."""
    told = [(each.summons, each.file) for each in evidence.letters if each.summons]
    said = [(copy.when, evidence.bond(copy.uid), f"the calendar of {copy.person}") for copy in evidence.copies]
    said += [(s.when, bond_of_letter(evidence, s.uid), file) for s, file in told if s.when and s.method == "REQUEST"]
    found: dict[tuple[Stretch, str], tuple[Stretch, Bond, str]] = {}
    for when, bond, where in said:
        if bond is not None:
            found.setdefault((when, bond.id), (when, bond, f"{bond.id} in {where}"))
    return [found[key] for key in sorted(found)]


def bond_of_letter(evidence: Evidence, uid: str) -> Bond | None:
    """The relationship of a meeting that may be in no calendar any more: that of all who were written to about it."""
    known = evidence.bond(uid)
    if known:
        return known
    readers = {letter.recipient for letter in evidence.letters if letter.summons and letter.summons.uid == uid}
    return evidence.roll.bond_of(frozenset(readers))


def _first_forbidden(person: Participant, when: Stretch) -> datetime | None:
    minutes = int((when.end - when.start) / MINUTE)
    return next((m for n in range(minutes) if not person.allows(m := when.start + n * MINUTE)), None)


def doubles(evidence: Evidence) -> Findings:
    """Events that are there twice, and meetings of one relationship closer together than its cadence allows."""
    seen: set[tuple[str, str]] = set()
    for copy in evidence.copies:
        if (copy.person, copy.uid) in seen:
            yield Finding(Fault.DUPLICATE, f"{copy.uid} is twice in the calendar of {copy.person}")
        seen.add((copy.person, copy.uid))
    for bond in evidence.roll.bonds.values():
        ours = [each for each in agreed(evidence) if each.bond == bond]
        for first, second in pairwise(ours):
            if second.when.start - first.when.start < bond.least:
                yield Finding(
                    Fault.DUPLICATE, f"{bond.id} meets twice in one window: {second.when.start:%Y-%m-%dT%H:%MZ}"
                )
