"""Holds a booked meeting against the rules once more, by code that shares nothing with the search.

Twice: a decision before it is recorded, on what it was made on; and an effect before it is carried out, on the rules as
they are then, since no calendar is read for that.
"""

from __future__ import annotations

from agent import metrics
from agent.core.check import Placement, Violation, check
from agent.core.intents import Intent, IntentKind, MailKind
from agent.core.observation import Observed, PersonObserved
from agent.core.relationships import Meeting, Relationship, State

BINDING = frozenset({MailKind.INVITATION, MailKind.MOVED, MailKind.AGENDA})
"""Mails that ask somebody to be somewhere at some time."""


class CheckFailed(Exception):
    """A decision would have booked what the rules forbid: the search is wrong, or the check is."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__(", ".join(kinds(violations)))
        self.violations = violations


def kinds(violations: list[Violation]) -> list[str]:
    """Name what is wrong, each once, as a journal may have it."""
    return sorted({violation.kind.value for violation in violations})


def prove(relationship: Relationship, before: State, after: State, observed: Observed) -> None:
    """Check the meeting that a decision books or moves. Raises ``CheckFailed``; one that stays where it is may."""
    meeting = after.meeting
    if meeting is None or _version(before.meeting) == _version(meeting):
        return
    people = {person.id: (person, observed.of(person.id)) for person in relationship.people}
    violations = check([Placement.of(relationship, meeting)], people)
    metrics.boundary_check(refused=bool(violations))
    if violations:
        raise CheckFailed(violations)


def _version(meeting: Meeting | None) -> tuple[int, int] | None:
    return None if meeting is None else (meeting.number, meeting.revision)


def forbidden(relationship: Relationship, meeting: Meeting | None, intent: Intent) -> bool:
    """Whether an effect would bind people to a time that a rule, a public holiday or a pause by now forbids."""
    if meeting is None or not (intent.kind is IntentKind.WRITE_EVENT or intent.mail in BINDING):
        return False
    people = {person.id: (person, PersonObserved()) for person in relationship.people}
    refused = bool(check([Placement.of(relationship, meeting)], people))
    metrics.boundary_check(refused=refused)
    return refused
