"""Judges when meetings are and when mails arrive, minute by minute, by people's own rules."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from agent.simulation.years.judging.evidence import Finding, Write
from agent.simulation.years.judging.findings import Findings
from agent.simulation.years.judging.lives import Case, Life, spoken

BY_HAND = {"move", "stretch", "shorten"}


def boundaries(case: Case) -> Findings:
    """No event of ours was ever written over a hard boundary; who chose a time by hand has excused themselves."""
    forbidden = lru_cache(maxsize=None)(lambda name, start, end: case.rules[name].first_forbidden(start, end))
    for write in case.evidence.writes:
        life = case.by_uid.get(write.uid)
        if write.op == "remove" or life is None:
            continue
        excused = _excused(case, write)
        for name in case.evidence.relationships[life.relationship]:
            minute = None if name in excused else forbidden(name, write.start, write.end)
            if minute is not None:
                what = f"meeting {life.number} at {spoken(write.start)} crosses a rule of {name} at {spoken(minute)}"
                yield Finding("boundary crossed", life.relationship, write.at, what)


def _excused(case: Case, write: Write) -> set[str]:
    chosen = (deed for deed in case.deeds.get(write.uid, ()) if deed.kind in BY_HAND and deed.start == write.start)
    return {deed.person for deed in chosen}


def strangers(case: Case) -> Findings:
    """Every event and every mail belongs to something that the journal knows of."""
    for write in case.evidence.writes:
        if write.uid not in case.by_uid:
            yield Finding("unknown effect", "", write.at, f"an event of {write.person} that belongs to no meeting")
    for mail in case.evidence.mails:
        if case.identity(mail) is None:
            yield Finding("unknown effect", "", mail.at, f"a mail to {mail.person} that belongs to no meeting")


def hours(case: Case) -> Findings:
    """No mail arrived outside its reader's hours."""
    for mail in case.evidence.mails:
        if not case.rules[mail.person].may_be_written_to(mail.at):
            identity = case.identity(mail)
            name = identity.relationship if identity else ""
            yield Finding("mail outside hours", name, mail.at, f"to {mail.person} at {spoken(mail.at)}")


def crowding(case: Case) -> Findings:
    """No two meetings of one relationship are nearer than its cadence allows, unless somebody moved one by hand."""
    for name, lives in case.lives.items():
        every, window = case.cadence(name)
        real = [life for life in lives if life.end not in {"cancelled", "called-off"}]
        for before, after in pairwise(real):
            apart = (after.last.start or 0) - (before.last.start or 0)
            if apart < every - window and not (_moved(before) or _moved(after)):
                what = f"meetings {before.number} and {after.number} are {apart} minutes apart"
                yield Finding("booked twice", name, after.versions[0].at, what)


def _moved(life: Life) -> bool:
    return any(version.why == "edited" for version in life.versions)
