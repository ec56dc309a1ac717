"""Checks on mails: sound, in their reader's hours, none twice, and all that happened told to each person once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta

from .evidence import Evidence
from .findings import Fault, Finding, Findings
from .letters import Letter
from .meetings import Found, held

PATIENCE = timedelta(days=5)
"""By when a mail must be there: message hours and a long weekend may keep it so long."""


def soundness(evidence: Evidence) -> Findings:
    """Faults of each mail and of its calendar part."""
    for letter in evidence.letters:
        for fault in (*letter.faults, *(letter.summons.faults if letter.summons else ())):
            yield Finding(Fault.SUMMONS, f"{letter.file}: {fault}")


def hours(evidence: Evidence) -> Findings:
    """Mails that arrived when their reader does not want any."""
    for letter in evidence.letters:
        person = evidence.roll.by_email(letter.recipient)
        if person is None:
            yield Finding(Fault.HOURS, f"{letter.file} went to somebody unknown")
        elif not person.may_be_written_to(letter.at):
            yield Finding(Fault.HOURS, f"{letter.file} reached {person.id} at {letter.at:%Y-%m-%dT%H:%MZ}")


def repeats(evidence: Evidence) -> Findings:
    """Mails with one identity, and mails that say the same thing to the same person again."""
    identities = Counter(letter.message_id for letter in evidence.letters)
    yield from (Finding(Fault.DUPLICATE, f"{n} mails are {i}") for i, n in identities.items() if n > 1)
    said = Counter(
        (letter.recipient, letter.thread, letter.subject, _version(letter, evidence.letters))
        for letter in evidence.letters
    )
    for (recipient, thread, _, _), count in said.items():
        if count > 1:
            yield Finding(Fault.DUPLICATE, f"{count} mails to {recipient} in {thread} say the same")


def _version(letter: Letter, letters: Iterable[Letter]) -> int:
    """The sequence that was current in a mail's thread when it came: an agenda after a move is another agenda."""
    before = [other.summons.sequence for other in letters if _earlier_summons(other, letter) and other.summons]
    return max(before, default=0)


def _earlier_summons(other: Letter, letter: Letter) -> bool:
    return (other.recipient, other.thread) == (letter.recipient, letter.thread) and other.at <= letter.at


def untold(evidence: Evidence) -> Findings:
    """Changes that a person was told never, twice, or in the wrong order."""
    letters = _by_person_and_meeting(evidence)
    standing = {(copy.person, copy.uid): copy for copy in evidence.copies}
    for (person, uid), ours in letters.items():
        told = [(each.summons.sequence, each.summons.method) for each in ours if each.summons]
        if told != sorted(set(told)):
            yield Finding(Fault.UNTOLD, f"{person}, {uid}: told {told}")
        copy = standing.get((person, uid))
        last = next((each.summons for each in reversed(ours) if each.summons), None)
        if last is None or copy is None:
            if last is not None and last.method != "CANCEL":
                yield Finding(Fault.UNTOLD, f"{person}, {uid}: gone from the calendar, not called off by mail")
        elif copy.stamp + PATIENCE <= evidence.until and (last.method == "CANCEL" or last.when != copy.when):
            yield Finding(Fault.UNTOLD, f"{person}, {uid}: the last mail contradicts the calendar")
    yield from _never_announced(evidence, set(letters))
    yield from _around(evidence, letters)


def _by_person_and_meeting(evidence: Evidence) -> dict[tuple[str, str], list[Letter]]:
    """Mails about meetings, by reader and UID; mails without a calendar part by those they hang together with."""
    uids = {letter.thread: letter.summons.uid for letter in evidence.letters if letter.summons}
    found: defaultdict[tuple[str, str], list[Letter]] = defaultdict(list)
    for letter in evidence.letters:
        person = evidence.roll.by_email(letter.recipient)
        if person is not None and letter.thread in uids:
            found[person.id, uids[letter.thread]].append(letter)
    return dict(found)


def _never_announced(evidence: Evidence, told: set[tuple[str, str]]) -> Findings:
    for copy in evidence.copies:
        if (copy.person, copy.uid) not in told and copy.stamp + PATIENCE <= evidence.until:
            yield Finding(Fault.UNTOLD, f"{copy.person}, {copy.uid}: never announced")


def _around(evidence: Evidence, letters: dict[tuple[str, str], list[Letter]]) -> Findings:
    """One agenda before a meeting that was held, and one follow-up after it, for everybody."""
    for each in held(evidence):
        for person in each.bond.people:
            ours = letters.get((person, each.uid), [])
            after = [letter for letter in ours if not letter.summons and letter.at >= each.when.end]
            due = each.when.end + PATIENCE <= evidence.until
            if len(after) > 1 or (due and not after):
                yield Finding(Fault.UNTOLD, f"{person}, {each.uid}: {len(after)} follow-ups")
            if (agendas := _agendas(each, ours)) != 1:
                yield Finding(Fault.UNTOLD, f"{person}, {each.uid}: {agendas} agendas")


def _agendas(meeting: Found, letters: list[Letter]) -> int:
    """Mails without a calendar part before the meeting and since it was last moved."""
    moved = max((letter.at for letter in letters if letter.summons), default=None)
    return sum(
        1
        for letter in letters
        if not letter.summons and letter.at < meeting.when.start and (moved is None or letter.at >= moved)
    )
