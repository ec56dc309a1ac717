"""Whether an event blocks its owner's time, and what its owner has answered."""

from __future__ import annotations

from enum import Enum, auto

from agent.core.observation import Answer
from agent.ical.components import Component
from agent.ical.lines import Line

_FREE = frozenset({"FREE", "WORKINGELSEWHERE"})


class Blocks(Enum):
    """How an event stands in its owner's time."""

    NOT = auto()
    SOFTLY = auto()
    HARD = auto()


def blocks(event: Component, owner: str) -> Blocks:
    """Weigh an event. What is contradictory or in no standard blocks hard."""
    answers = {_answer(line) for line in event.all("ATTENDEE") if _is(line, owner)}
    if cancelled(event) or _free(event) or answers == {Answer.DECLINED}:
        return Blocks.NOT
    organises = any(_is(line, owner) for line in event.all("ORGANIZER"))
    return Blocks.SOFTLY if answers == {Answer.NONE} and not organises else Blocks.HARD


def answer(event: Component, owner: str) -> Answer:
    """The owner's own answer; none where they are not among the attendees."""
    answers = [_answer(line) for line in event.all("ATTENDEE") if _is(line, owner)]
    return answers[-1] if answers else Answer.NONE


def cancelled(event: Component) -> bool:
    """Whether every STATUS of the event says so."""
    return {line.value.upper() for line in event.all("STATUS")} == {"CANCELLED"}


def _free(event: Component) -> bool:
    """Whether its owner stays free: by TRANSP, else by Microsoft's busy status."""
    transparency = [line.value.upper() for line in event.all("TRANSP")]
    if transparency:
        return all(value.startswith("TRANSPARENT") for value in transparency)
    status = [line.value.upper() for line in event.all("X-MICROSOFT-CDO-BUSYSTATUS")]
    return bool(status) and all(value in _FREE for value in status)


def _is(line: Line, owner: str) -> bool:
    """Whether a line names the owner, in its value or (where that is a URN) in its EMAIL parameter."""
    named = (line.value, line.param("EMAIL") or "")
    return owner.casefold() in {name.strip().casefold().removeprefix("mailto:").strip() for name in named}


def _answer(line: Line) -> Answer:
    """PARTSTAT, where unknown words are no answer (RFC 5545, section 3.2.12) and a delegation leaves it open."""
    status = (line.param("PARTSTAT") or "").lower()
    if status == "delegated":
        return Answer.TENTATIVE
    return Answer(status) if status in set(Answer) else Answer.NONE
