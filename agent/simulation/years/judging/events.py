"""Judges what stands in calendars: nothing twice, nothing lost, nothing moved or cancelled that nobody asked for."""

from __future__ import annotations

from collections import defaultdict

from agent.simulation.years.judging.evidence import Copy, Deed, Finding
from agent.simulation.years.judging.findings import Findings
from agent.simulation.years.judging.lives import Case, Life, Version, spoken

DAY = 24 * 60
BOUND = 2 * DAY
"""Minutes after which an event has to be in every calendar, where providers work."""

SOON, HEARD = DAY // 4, 3 * DAY
"""Minutes after which what somebody did has to show: where nothing goes wrong, and where it does."""

ASKED = {
    "removed": {"delete", "cancel"},
    "declined": {"decline"},
    "edited": {"move", "stretch", "shorten"},
}


def doubles(case: Case) -> Findings:
    """No calendar ever held a meeting twice."""
    for (person, uid), writes in case.writes.items():
        gone = [deed.order for deed in case.deeds.get(uid, ()) if deed.person == person and deed.kind == "delete"]
        steps = sorted(
            [(write.order, write.op, write.at) for write in writes] + [(order, "remove", 0) for order in gone]
        )
        there = 0
        for _, op, at in steps:
            there = there + 1 if op == "create" else 0 if op == "remove" else there
            if there > 1:
                yield Finding("event twice", _name(case, uid), at, f"two events of one meeting for {person}")


def lost(case: Case) -> Findings:
    """Every meeting that was held, or still stands, was in every calendar at its time, soon after it was decided."""
    standing: defaultdict[tuple[str, str], list[Copy]] = defaultdict(list)
    for copy in case.evidence.copies:
        standing[copy.person, copy.uid].append(copy)
    for life in case.all:
        for person in case.evidence.relationships[life.relationship]:
            if wrong := _wrong(case, life, person, standing[person, life.uid]):
                yield Finding(
                    "event lost", life.relationship, life.last.at, f"meeting {life.number}, {person}: {wrong}"
                )


def _wrong(case: Case, life: Life, person: str, copies: list[Copy]) -> str | None:
    version = life.last
    if life.end == "held":
        return _missed(case, life, person, version)
    if life.end == "cancelled":
        return "cancelled, and still in the calendar" if copies and life.closed < case.evidence.end - BOUND else None
    if life.end or version.at > case.evidence.end - BOUND:
        return None
    if len(copies) != 1:
        return f"{len(copies)} events at the end"
    if copies[0].start != version.start:
        return f"stands at {spoken(copies[0].start)}, decided was {spoken(version.start or 0)}"
    return None


def _missed(case: Case, life: Life, person: str, version: Version) -> str | None:
    """Whether a meeting that was held was not in somebody's calendar when it began, though there was time."""
    start = version.start or 0
    if start < version.at + BOUND or _troubled(case, person, version.at, start):
        return None
    writes = (write.start for write in case.writes.get((person, life.uid), ()) if write.at <= start)
    by_hand = (deed.start for deed in case.deeds.get(life.uid, ()) if deed.person == person)
    return None if start in {*writes, *by_hand} else f"held at {spoken(start)} without an event"


def _troubled(case: Case, person: str, since: int, until: int) -> bool:
    """Whether access was withdrawn, a provider down for long, or nobody at work for days."""
    long = (each for each in case.long_troubles if each.person in {person, ""})
    return any(since - 4 * DAY <= each.at <= until for each in long)


def unasked(case: Case) -> Findings:
    """No meeting was moved or cancelled for what people did where nobody did it."""
    for life in case.all:
        done = case.deeds.get(life.uid, [])
        for version in life.versions:
            kinds = ASKED.get(version.why)
            if kinds and not any(deed.kind in kinds and deed.at <= version.at for deed in done):
                what = f"meeting {life.number} is {version.why}, and nobody did that"
                yield Finding("changed unasked", life.relationship, version.at, what)
        if life.end == "called-off" and not any(deed.kind in _OFF for deed in done):
            yield Finding("changed unasked", life.relationship, life.closed, f"meeting {life.number} was called off")


def ignored(case: Case) -> Findings:
    """Whoever moved, declined or deleted a meeting well ahead was heard, where calendars could be read."""
    for uid, deeds in case.deeds.items():
        life = case.by_uid.get(uid)
        for deed in deeds if life else ():
            if life and deed.kind in _WORDS and _unheard(case, life, deed):
                what = f"meeting {life.number}: {deed.person} did {deed.kind} at {spoken(deed.at)}"
                yield Finding("ignored", life.relationship, deed.at, what)


def _unheard(case: Case, life: Life, deed: Deed) -> bool:
    bound = deed.at + (SOON if _quiet(case, life, deed.at) else HEARD)
    before, after = life.standing(deed.at), life.standing(bound)
    if before is None or before is not after or before.start is None or bound > case.evidence.end:
        return False
    if life.end and life.closed < bound:
        return False
    overtaken = any(deed.at <= other.at <= bound and other is not deed for other in case.deeds[life.uid])
    people = case.evidence.relationships[life.relationship]
    troubled = any(_troubled(case, person, deed.at - DAY, bound) for person in people)
    kept = deed.kind == "move" and deed.start == before.start
    return before.start > bound and not (kept or overtaken or troubled)


def _quiet(case: Case, life: Life, at: int) -> bool:
    """Whether nothing went wrong for anybody concerned around a minute."""
    concerned = {"", *case.evidence.relationships[life.relationship]}
    return not any(each.person in concerned and at - DAY <= each.at <= at + SOON for each in case.evidence.troubles)


_WORDS = {"move", "decline", "delete", "cancel"}
_OFF = ASKED["removed"] | ASKED["declined"]


def _name(case: Case, uid: str) -> str:
    life = case.by_uid.get(uid)
    return life.relationship if life else ""
