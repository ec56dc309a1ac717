"""Judges what is in mailboxes: nothing twice, nothing lost, nothing late, and no word that was not true any more."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime

from agent.simulation.years.judging.evidence import Finding, Mail
from agent.simulation.years.judging.findings import Findings
from agent.simulation.years.judging.lives import Case, Identity, Life, spoken
from agent.simulation.years.judging.rulebook import EPOCH, MINUTE

DAY = 24 * 60
PATIENCE = 4 * DAY
"""Minutes that a mail may wait for its reader's hours: over a long weekend."""

BINDING = {"invitation", "moved", "agenda"}
EXPLAINED = ("failed", "mail-left-out", "withdrawn", "outcome-unknown")
START = re.compile(r"^DTSTART:(\d{8}T\d{6}Z)", re.MULTILINE)


def doubles(case: Case) -> Findings:
    """No mail was taken twice, but once more at most where nobody could know that it had been."""
    for mails in _by_id(case).values():
        if len(mails) > 2 or (len(mails) == 2 and not _doubtful(case, mails)):
            identity = case.identity(mails[0])
            name, kind = (identity.relationship, identity.kind) if identity else ("", "mail")
            yield Finding("mail twice", name, mails[-1].at, f"{kind} to {mails[0].person}, {len(mails)} times")


def resent(case: Case) -> int:
    """How many mails were taken once more, because the answer to the first had been lost."""
    return sum(1 for mails in _by_id(case).values() if len(mails) == 2)


def _by_id(case: Case) -> dict[str, list[Mail]]:
    found: defaultdict[str, list[Mail]] = defaultdict(list)
    for mail in case.evidence.mails:
        found[f"{mail.person} {mail.message_id}"].append(mail)
    return found


def _doubtful(case: Case, mails: list[Mail]) -> bool:
    first, second = mails
    died = (each for each in case.evidence.troubles if not each.person and first.order < each.order < second.order)
    return not first.answered or any(each.at == first.at for each in died)


def stale(case: Case) -> Findings:
    """No mail spoke of a time that a meeting had left before, nor of a meeting that was off or over."""
    for identity, mails in case.mails.items():
        life = next((each for each in case.lives[identity.relationship] if each.number == identity.number), None)
        if life is None or identity.kind not in BINDING:
            continue
        for mail in mails:
            if wrong := _stale(life, identity, mail):
                yield Finding(
                    "mail not true", identity.relationship, mail.at, f"{identity.kind} to {mail.person}: {wrong}"
                )


def _stale(life: Life, identity: Identity, mail: Mail) -> str | None:
    known = life.standing(mail.at)
    if known is not None and (known.start is None or known.revision > identity.revision):
        return f"meeting {life.number} had changed before {spoken(mail.at)}"
    told = next((version for version in life.versions if version.revision == identity.revision), None)
    if told is None or told.start is None:
        return f"meeting {life.number} never had revision {identity.revision}"
    if identity.kind == "agenda" and mail.at >= told.start:
        return f"meeting {life.number} had begun"
    written = START.search(mail.calendar)
    if written and _minute(written[1]) != told.start:
        return f"meeting {life.number} is announced for another time"
    return None


def _minute(text: str) -> int:
    return (datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) - EPOCH) // MINUTE


def lost(case: Case) -> Findings:
    """Whatever somebody has to know of a meeting was mailed, or the journal says why not."""
    for life in case.all:
        for person in case.evidence.relationships[life.relationship]:
            for kind, revision, since, until in _owed(life):
                bound = min(since + PATIENCE, until)
                if bound > case.evidence.end or until - since < PATIENCE:
                    continue
                identity = Identity(life.relationship, life.number, revision, person, kind)
                if identity not in case.mails and not _explained(case, identity):
                    yield Finding("mail lost", life.relationship, since, f"{kind} {life.number} to {person}")


def _owed(life: Life) -> list[tuple[str, int, int, int]]:
    """Kind, revision, since when and until when, of each mail that a meeting's people are owed."""
    version = life.last
    start = version.start or 0
    owed = []
    if life.end != "cancelled":
        owed.append(("moved" if version.revision else "invitation", version.revision, version.at, start))
    if life.end == "cancelled":
        owed.append(("cancelled", life.versions[-1].revision, life.closed, start))
    if life.end == "held":
        owed.append(("follow-up", version.revision, life.closed, life.closed + 2 * PATIENCE))
    return owed


def _explained(case: Case, identity: Identity) -> bool:
    refused = any(each.person == identity.person and each.kind == "mail refused" for each in case.evidence.troubles)
    events = EXPLAINED if refused else EXPLAINED[1:]
    told = case.told(identity.relationship, identity.number, identity.person, *events)
    return any(identity.kind in {line.detail.get("kind"), line.detail.get("mail")} for line in told)


def repeated(case: Case) -> Findings:
    """Each meeting was followed up once, whatever its revisions."""
    found: defaultdict[tuple[str, int, str], set[int]] = defaultdict(set)
    for identity in case.mails:
        if identity.kind == "follow-up":
            found[identity.relationship, identity.number, identity.person].add(identity.revision)
    for (name, number, person), revisions in found.items():
        if len(revisions) > 1:
            yield Finding(
                "mail twice", name, case.evidence.end, f"follow-up {number} to {person}, {len(revisions)} times"
            )
