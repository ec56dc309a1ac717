"""What a change of a zone's rules does to a booked meeting: it keeps the time on the mentor's wall.

That holds whoever chose the time and however soon it is, for people come when their clock says so. The new instant is
then the meeting's in all that is asked of it: it moves there although the old one has begun, or has passed. Once the
new one has begun only our record follows, and nobody is told. What its chooser tolerated goes along with it.
"""

from __future__ import annotations

from dataclasses import replace

from agent.core.changes import Change, called_off
from agent.core.draft import Draft
from agent.core.observation import Observed
from agent.core.relationships import Meeting, Relationship
from agent.core.timespan import Span
from agent.core.walltime import on_the_wall, resolved
from agent.core.zones import VERSION


def by_todays_rules(meeting: Meeting, relationship: Relationship) -> Meeting:
    """The meeting at the instant that its time on the wall is today, with that time as the rules of today have it.

    One without such a time gets one, and does not move. Nor does one whose mentor's clock is elsewhere by now.
    """
    start = resolved(meeting.wall, meeting.span.start) if meeting.wall else meeting.span.start
    later = start - meeting.span.start
    span, *tolerated = (Span(s.start + later, s.end + later) for s in (meeting.span, *meeting.tolerated))
    wall = on_the_wall(relationship.mentor.where, start)
    return replace(meeting, span=span, tolerated=tuple(tolerated), wall=wall)


def must_wait(today: Meeting, found: tuple[Change, ...], observed: Observed, draft: Draft) -> bool:
    """Whether it stays at its old instant for now: while a calendar cannot be read, nobody knows what is at the new."""
    blind = any(observed.of(person.id).busy is None for person in draft.relationship.people)
    return blind and not called_off(found) and today.span.starts_at > draft.now


def note_shift(old: Meeting, today: Meeting, draft: Draft) -> None:
    """Tell the journal that the rules of a zone have moved a meeting's instant."""
    start, was = today.span.start_text, old.span.start_text
    draft.note("zone-rules-changed", today.number, start=start, was=was, rules=VERSION)
