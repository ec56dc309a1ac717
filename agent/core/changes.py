"""What the world did to a booked meeting since it was booked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from agent.core.availability import around, open_time
from agent.core.expansion import blocked_run
from agent.core.layers import touching
from agent.core.observation import Answer, Observed
from agent.core.people import Person
from agent.core.relationships import Meeting, Relationship
from agent.core.timespan import Run, Span, ceil_minute, clip, covers, overlap, subtract, union


class ChangeKind(IntEnum):
    """Kinds of change, the one that counts most first where several happened at once."""

    REMOVED = 1
    """Somebody deleted or cancelled it in their own calendar: they do not want this meeting."""
    DECLINED = 2
    """Somebody cannot come at this time."""
    EDITED = 3
    """Somebody moved, shortened or lengthened it by hand."""
    REZONED = 4
    """The rules of a zone changed, and it cannot be at the instant that its time on the wall has become."""
    FORBIDDEN = 5
    """It now crosses a hard boundary, a holiday, a pause or the end of the relationship."""
    CONFLICT = 6
    """Something else now stands at its time."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``person`` is whose calendar shows it; ``span`` is where an edit put the meeting."""

    kind: ChangeKind
    person: str | None = None
    span: Span | None = None


def changes(meeting: Meeting, relationship: Relationship, observed: Observed) -> tuple[Change, ...]:
    """Everything that differs from what was booked, weightiest first; equal ones in the order of the people."""
    found = [*_edits(meeting, relationship, observed)]
    found += _conflicts(meeting, relationship, observed)
    return tuple(sorted(found, key=lambda change: change.kind))


def called_off(changed: tuple[Change, ...]) -> bool:
    """Whether somebody removed or declined the meeting."""
    return any(change.kind in {ChangeKind.REMOVED, ChangeKind.DECLINED} for change in changed)


def _edits(meeting: Meeting, relationship: Relationship, observed: Observed) -> Iterator[Change]:
    for person in relationship.people:
        known = observed.of(person.id)
        if known.busy is None or known.delivered is None:
            continue
        event = known.event
        if event is None or event.cancelled:
            yield Change(ChangeKind.REMOVED, person.id)
        elif event.answer is Answer.DECLINED:
            yield Change(ChangeKind.DECLINED, person.id)
        elif event.span not in {known.delivered, meeting.span}:
            yield Change(ChangeKind.EDITED, person.id, event.span)


def _conflicts(meeting: Meeting, relationship: Relationship, observed: Observed) -> Iterator[Change]:
    if not permitted(relationship, meeting.span):
        yield Change(ChangeKind.FORBIDDEN)
    for person in relationship.people:
        tolerated = meeting.tolerated if person.id == meeting.chosen_by else ()
        parts = subtract((meeting.span,), tolerated)
        if not all(_allows(person, part) for part in parts):
            yield Change(ChangeKind.FORBIDDEN, person.id)
        elif any(_occupied(person, part, observed) for part in parts):
            yield Change(ChangeKind.CONFLICT, person.id)


def behind(meeting: Meeting, relationship: Relationship, observed: Observed) -> tuple[Person, ...]:
    """Who has the event as it was written before, or in the wrong calendar, with no write under way."""
    known = [(person, observed.of(person.id)) for person in relationship.people]
    return tuple(
        person
        for person, seen in known
        if seen.misplaced
        or (seen.event is not None and seen.event.span == seen.delivered and seen.event.span != meeting.span)
    )


def tolerated(person: Person, span: Span, observed: Observed) -> Run:
    """Minutes of a time that a person chose by hand although their own rules or calendar said otherwise."""
    known = observed.of(person.id)
    taken = [block.span for block in known.busy or () if block.hard]
    taken += [other.span for other in known.elsewhere]
    taken += subtract((span,), open_time(person, around(span)))
    return clip(union(taken), span)


def permitted(relationship: Relationship, span: Span) -> bool:
    """Whether neither a pause nor the relationship's end forbids a meeting at this span."""
    if relationship.paused or (relationship.ends is not None and span.start >= ceil_minute(relationship.ends)):
        return False
    return not overlap(blocked_run(relationship.pauses, relationship.mentor.where, around(span)), span)


def _allows(person: Person, span: Span) -> bool:
    return covers(open_time(person, around(span)), span)


def _occupied(person: Person, span: Span, observed: Observed) -> bool:
    known = observed.of(person.id)
    return touching(known.busy or (), span) or any(other.span.touches(span) for other in known.elsewhere)


def acceptable(relationship: Relationship, span: Span, observed: Observed, chooser: str) -> bool:
    """Whether a time that one person chose by hand crosses nobody else's boundary or appointment."""
    others = (person for person in relationship.people if person.id != chooser)
    return permitted(relationship, span) and all(
        _allows(person, span) and not _occupied(person, span, observed) for person in others
    )
