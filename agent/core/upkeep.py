"""What becomes of a booked meeting when its time passes, or the world changes around it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from agent.core import cadence
from agent.core.burden import charged
from agent.core.changes import Change, ChangeKind, acceptable, behind, called_off, changes, tolerated
from agent.core.draft import Decision, Draft
from agent.core.intents import IntentKind, MailKind
from agent.core.observation import Observed
from agent.core.relationships import Meeting, MeetingStatus, Relationship, State
from agent.core.rezoning import by_todays_rules, must_wait, note_shift
from agent.core.slots import Slot, best, price, search
from agent.core.timespan import DAY, Run, Span
from agent.core.walltime import on_the_wall

REZONED = ChangeKind.REZONED.name.lower()
"""Why a meeting moved that the rules of a zone moved."""

SHORTEST = 5
"""Minutes: an event shortened to less has lost its end by mistake, and keeps its length."""

LONGEST = DAY
"""Minutes: nor does anybody stretch a meeting over more than a day on purpose."""

FARTHEST = timedelta(days=366)
"""How far ahead a meeting may be dragged by hand; beyond, nobody's calendar is read, and a slip is likelier."""


def look_after(state: State, meeting: Meeting, observed: Observed, draft: Draft) -> State:
    """Close it, move it, cancel it or leave it, as what happened since it was booked asks for.

    First its instant is worked out anew where the rules of a zone may have changed (``rezoning``).
    """
    today = by_todays_rules(meeting, draft.relationship)
    found = changes(today, draft.relationship, observed)
    shifted = today.span != meeting.span
    if shifted and must_wait(today, found, observed, draft):
        return state
    if shifted:
        note_shift(meeting, today, draft)
    if today != meeting:
        draft.meetings.append(today)
        state = replace(state, meeting=today)
    if not _put_off(found, draft.now):
        if today.span.ends_at <= draft.now:
            return _close(state, today, found, draft)
        if today.span.starts_at <= draft.now:
            return state
    if found:
        return _answer(state, today, _decisive(found, draft.relationship, observed), observed, draft, shifted=shifted)
    if shifted:
        return _keep_time(state, today, observed, draft)
    draft.calendar(IntentKind.WRITE_EVENT, today, behind(today, draft.relationship, observed))
    return _settled(state, today, draft)


def _answer(
    state: State, meeting: Meeting, change: Change, observed: Observed, draft: Draft, *, shifted: bool
) -> State:
    """Do what a change asks for. What people did by hand comes before what the rules of a zone did."""
    if change.kind is ChangeKind.REMOVED:
        due = meeting.span.starts_at + draft.relationship.policy.cadence.every
        return _cancel(state, meeting, draft, "removed", due)
    if change.kind is ChangeKind.EDITED and change.span is not None and change.person is not None:
        return _edited(state, meeting, change.person, change.span, observed, draft)
    if shifted and change.kind > ChangeKind.REZONED:
        change = Change(ChangeKind.REZONED)
    return _relocate(state, meeting, change, observed, draft)


def _keep_time(state: State, meeting: Meeting, observed: Observed, draft: Draft) -> State:
    """Nothing forbids the instant to which the rules of a zone have moved it, so that is when it is."""
    slot = price(draft.relationship, observed, (meeting.span,), state.ledger)[0]
    return _move(state, meeting, slot, draft, REZONED, meeting.chosen_by, meeting.tolerated)


def call_off(state: State, relationship: Relationship, now: datetime) -> Decision:
    """Cancel the booked meeting of people who are no longer together; ``relationship`` is who it was booked for."""
    draft = Draft(relationship, now)
    if state.meeting is not None and state.meeting.span.starts_at > now:
        state = _cancel(state, state.meeting, draft, "parted", state.meeting.due)
    return draft.decision(state, now)


def _decisive(found: tuple[Change, ...], relationship: Relationship, observed: Observed) -> Change:
    """The weightiest; but who declined the old time has said nothing of the one that somebody else has moved it to."""
    first = found[0]
    if first.kind is ChangeKind.DECLINED:
        for change in found:
            if change.span is not None and change.person is not None and change.person != first.person:
                return change if acceptable(relationship, change.span, observed, change.person) else first
    return first


def _put_off(found: tuple[Change, ...], now: datetime) -> bool:
    """Whether somebody has dragged it to a time still to come, so that it is not over whatever we had written."""
    first = found[0] if found else None
    return first is not None and first.span is not None and first.span.starts_at > now


def _close(state: State, meeting: Meeting, found: tuple[Change, ...], draft: Draft) -> State:
    """A meeting whose time is over was held, unless somebody had called it off before we could notice."""
    off = called_off(found)
    status = MeetingStatus.CANCELLED if off else MeetingStatus.HELD
    closed = replace(meeting, status=status)
    draft.meetings.append(closed)
    draft.note("called-off" if off else "held", meeting.number)
    ledger = state.ledger if off else charged(state.ledger, meeting.burden, meeting.span.start)
    due = meeting.span.starts_at + draft.relationship.policy.cadence.every
    return replace(state, meeting=None, last=state.last if off else closed, ledger=ledger, due=due, avoided=())


def _settled(state: State, meeting: Meeting, draft: Draft) -> State:
    """Nothing is wrong with it, or no longer."""
    if not meeting.stuck_told:
        return state
    settled = replace(meeting, stuck_told=False)
    draft.meetings.append(settled)
    draft.note("settled", meeting.number)
    return replace(state, meeting=settled)


def _cancel(state: State, meeting: Meeting, draft: Draft, why: str, due: datetime, told: int | None = None) -> State:
    cancelled = replace(meeting, status=MeetingStatus.CANCELLED, revision=draft.next_revision(meeting))
    draft.supersede(cancelled)
    draft.note("cancelled", meeting.number, why=why)
    draft.calendar(IntentKind.REMOVE_EVENT, cancelled)
    draft.mail(MailKind.CANCELLED, meeting.number, cancelled.revision, expires=meeting.span.ends_at)
    return replace(state, meeting=None, due=due, told=told or state.told)


def _edited(state: State, meeting: Meeting, person: str, span: Span, observed: Observed, draft: Draft) -> State:
    """A person's own edit wins, unless it would cross somebody else's boundary or appointment.

    While somebody else's calendar cannot be read nobody knows that: it waits.
    """
    if any(observed.of(each.id).busy is None for each in draft.relationship.people if each.id != person):
        return state
    if not SHORTEST <= span.minutes <= LONGEST:
        span = Span(span.start, span.start + meeting.span.minutes)
    soon = draft.now < span.starts_at <= draft.now + FARTHEST
    if not soon or not acceptable(draft.relationship, span, observed, person):
        return _relocate(state, meeting, Change(ChangeKind.EDITED, person, span), observed, draft)
    slot = price(draft.relationship, observed, (span,), state.ledger)[0]
    if span.start != meeting.span.start:
        state = replace(state, avoided=(*state.avoided, meeting.span.start))
    chooser = next(each for each in draft.relationship.people if each.id == person)
    excused = tolerated(chooser, span, observed)
    return _move(state, meeting, slot, draft, "edited", chosen_by=person, excused=excused)


def _relocate(state: State, meeting: Meeting, change: Change, observed: Observed, draft: Draft) -> State:
    """Find another time; where there is none, say so, or give the meeting up where it cannot stay."""
    now, policy = draft.now, draft.relationship.policy
    if change.kind is not ChangeKind.CONFLICT:
        state = replace(state, avoided=(*state.avoided, meeting.span.start))
    why = change.kind.name.lower()
    if meeting.span.starts_at >= now + policy.notice:
        aim = cadence.aim(meeting.due, draft.relationship, now)
        found = search(draft.relationship, observed, aim.window, ledger=state.ledger, avoided=state.avoided)
        if slot := best(found, meeting.due):
            return _move(state, meeting, slot, draft, why)
    if change.kind is ChangeKind.CONFLICT:
        return _stuck(state, meeting, draft)
    return _cancel(state, meeting, draft, why, meeting.due, told=meeting.number + 1)


def _move(
    state: State,
    meeting: Meeting,
    slot: Slot,
    draft: Draft,
    why: str,
    chosen_by: str | None = None,
    excused: Run = (),
) -> State:
    moved = replace(
        meeting,
        span=slot.span,
        medium=slot.medium,
        burden=slot.burden,
        revision=draft.next_revision(meeting),
        chosen_by=chosen_by,
        tolerated=excused,
        wall=on_the_wall(draft.relationship.mentor.where, slot.span.start),
        rezoned=why == REZONED,
        agenda_sent=False,
        stuck_told=False,
    )
    draft.supersede(moved)
    draft.note("moved", moved.number, why=why, start=slot.span.start_text)
    draft.calendar(IntentKind.WRITE_EVENT, moved)
    draft.mail(MailKind.MOVED, moved.number, moved.revision, expires=slot.span.ends_at)
    return replace(state, meeting=moved)


def _stuck(state: State, meeting: Meeting, draft: Draft) -> State:
    """The meeting stays where it is, in conflict: people may know better. They are told once."""
    if meeting.stuck_told:
        return state
    told = replace(meeting, stuck_told=True)
    draft.meetings.append(told)
    draft.note("stuck", meeting.number)
    draft.mail(MailKind.CANNOT_FIND, meeting.number, meeting.revision + 1, expires=meeting.span.starts_at)
    return replace(state, meeting=told)
