"""Checks that what people did to their own calendars was honoured."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from .appointments import Stretch
from .evidence import Copy, Evidence
from .findings import Fault, Finding, Findings
from .letters import Letter


def dishonoured(evidence: Evidence) -> Findings:
    """Acts that did not have the consequence they must have, or whose consequence somebody was not told once."""
    for act in evidence.acts:
        if wrong := CHECKS[act["kind"]](act, evidence):
            yield Finding(Fault.ACT, f"{act['id']}: {wrong}")


def _moved_away(act: dict[str, Any], evidence: Evidence) -> str | None:
    """After a conflict or a decline the meeting is elsewhere, or off where there is no other time."""
    copies, was = _copies(act, evidence), _stretch(act["was"])
    if any(copy.when.meets(was) for copy in copies):
        return "the meeting is still where it cannot be"
    return _told_once(act, evidence, "REQUEST" if copies else "CANCEL")


def _gone(act: dict[str, Any], evidence: Evidence) -> str | None:
    if _copies(act, evidence):
        return "the meeting is still in somebody's calendar"
    return _told_once(act, evidence, "CANCEL")


def _where_put(act: dict[str, Any], evidence: Evidence) -> str | None:
    """A person's own move wins: everybody's calendar has the meeting there, and nobody has it elsewhere."""
    times = {copy.when for copy in _copies(act, evidence)}
    if times != {_stretch(act["to"])}:
        return "the meeting is not where it was put"
    return _told_once(act, evidence, "REQUEST")


def _nothing_new(act: dict[str, Any], evidence: Evidence) -> str | None:
    """While a calendar cannot be read nothing is arranged for its owner: unknown is not free."""
    email = evidence.roll.people[act["person"]].email
    blind = Stretch(datetime.fromisoformat(act["at"]), datetime.fromisoformat(act["until"]))
    uids = {letter.summons.uid for letter in evidence.letters if letter.summons and letter.recipient == email}
    for uid in uids:
        first = min(each.at for each in evidence.letters if each.summons and each.summons.uid == uid)
        stamps = [copy.stamp for copy in evidence.copies if copy.uid == uid and copy.sequence == 0]
        if any(blind.start < stamp < blind.end for stamp in (*stamps, first)) and not _before(uid, evidence, blind):
            return f"{uid} was arranged meanwhile"
    return None


def _before(uid: str, evidence: Evidence, blind: Stretch) -> bool:
    """Whether a meeting was announced to somebody, or in a calendar, before a calendar went blind."""
    letters = [each.at for each in evidence.letters if each.summons and each.summons.uid == uid]
    stamps = [copy.stamp for copy in evidence.copies if copy.uid == uid]
    return min((*letters, *stamps)) <= blind.start


def _told_once(act: dict[str, Any], evidence: Evidence, method: str) -> str | None:
    """Whether each of those concerned heard of it by exactly one mail, the next about this meeting."""
    for name in act["people"]:
        email = evidence.roll.people[name].email
        later = [each for each in evidence.letters if _about(each, act, email)]
        versions = {each.summons.sequence for each in later if each.summons}
        if len(later) != len(versions) or not later:
            return f"{name} was told {len(later)} times"
        if later[-1].summons and later[-1].summons.method != method:
            return f"{name} was told {later[-1].summons.method}"
    return None


def _about(letter: Letter, act: dict[str, Any], email: str) -> bool:
    told = letter.summons
    return (
        told is not None
        and told.uid == act["uid"]
        and letter.recipient == email
        and told.sequence > act["sequence"]
        and letter.at >= datetime.fromisoformat(act["at"])
    )


def _copies(act: dict[str, Any], evidence: Evidence) -> list[Copy]:
    return [copy for copy in evidence.copies if copy.uid == act["uid"]]


def _stretch(ends: list[str]) -> Stretch:
    return Stretch(datetime.fromisoformat(ends[0]), datetime.fromisoformat(ends[1]))


CHECKS: dict[str, Callable[[dict[str, Any], Evidence], str | None]] = {
    "conflict": _moved_away,
    "decline": _moved_away,
    "delete": _gone,
    "move": _where_put,
    "spoil": _nothing_new,
}
