"""What should happen now for one relationship.

``decide`` compares what should be with what is, and answers with the difference as intents. It is the same function
for the daemon, the rehearsal and the tests: old state, a snapshot of the world and an instant in, a decision out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from agent.core import cadence
from agent.core.burden import charged
from agent.core.changes import Change, ChangeKind, acceptable, behind, called_off, changes, tolerated
from agent.core.draft import Decision, Draft
from agent.core.explain import reasons
from agent.core.intents import IntentKind, MailKind
from agent.core.layers import Kind
from agent.core.messages import ahead_of
from agent.core.observation import Observed
from agent.core.relationships import Meeting, MeetingStatus, Relationship, State
from agent.core.slots import Search, Slot, price, search
from agent.core.timespan import Run, Span, whole_minutes

RETRY = timedelta(hours=6)
"""When to look again for a time where none was found and nothing has changed that we could see."""

SHORTEST = 5
"""Minutes: an event shortened to less has lost its end by mistake, and keeps its length."""

FOLLOW_UP_LASTS = timedelta(days=7)
"""How long after a meeting its follow-up still makes sense."""


def decide(state: State, observed: Observed, relationship: Relationship, now: datetime) -> Decision:
    """Close the difference between what should be and what is, as far as it can be closed now (aware UTC)."""
    draft = Draft(relationship, now)
    if state.due is None:
        state = replace(state, due=relationship.starts or now)
    if state.meeting is not None:
        state = _look_after(state, state.meeting, observed, draft)
    state = _follow_up(state, draft)
    retry: datetime | None = None
    if state.meeting is None and not relationship.paused:
        state, retry = _book(state, observed, draft)
    state = _agenda(state, draft)
    return draft.decision(state, _wake(state, draft, retry))


def call_off(state: State, relationship: Relationship, now: datetime) -> Decision:
    """Cancel the booked meeting of people who are no longer together; ``relationship`` is who it was booked for."""
    draft = Draft(relationship, now)
    if state.meeting is not None and state.meeting.span.starts_at > now:
        state = _cancel(state, state.meeting, draft, "parted", state.meeting.due)
    return draft.decision(state, now)


def _look_after(state: State, meeting: Meeting, observed: Observed, draft: Draft) -> State:
    found = changes(meeting, draft.relationship, observed)
    if not _put_off(found, draft.now):
        if meeting.span.ends_at <= draft.now:
            return _close(state, meeting, found, draft)
        if meeting.span.starts_at <= draft.now:
            return state
    if not found:
        draft.calendar(IntentKind.WRITE_EVENT, meeting, behind(meeting, draft.relationship, observed))
        return _settled(state, meeting, draft)
    change = _decisive(found, draft.relationship, observed)
    if change.kind is ChangeKind.REMOVED:
        return _cancel(
            state, meeting, draft, "removed", meeting.span.starts_at + draft.relationship.policy.cadence.every
        )
    if change.kind is ChangeKind.EDITED and change.span is not None and change.person is not None:
        return _edited(state, meeting, change.person, change.span, observed, draft)
    return _relocate(state, meeting, change, observed, draft)


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
    cancelled = replace(meeting, status=MeetingStatus.CANCELLED, revision=meeting.revision + 1)
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
    if span.minutes < SHORTEST:
        span = Span(span.start, span.start + meeting.span.minutes)
    if span.starts_at <= draft.now or not acceptable(draft.relationship, span, observed, person):
        return _relocate(state, meeting, Change(ChangeKind.EDITED, person, span), observed, draft)
    slot = price(draft.relationship, observed, (span,), state.ledger)[0]
    if span.start != meeting.span.start:
        state = replace(state, avoided=(*state.avoided, meeting.span.start))
    chooser = next(each for each in draft.relationship.people if each.id == person)
    excused = tolerated(chooser, span, observed)
    return _move(state, meeting, slot, draft, "edited", chosen_by=person, tolerated=excused)


def _relocate(state: State, meeting: Meeting, change: Change, observed: Observed, draft: Draft) -> State:
    """Find another time; where there is none, say so, or give the meeting up where it cannot stay."""
    now, policy = draft.now, draft.relationship.policy
    if change.kind is not ChangeKind.CONFLICT:
        state = replace(state, avoided=(*state.avoided, meeting.span.start))
    why = change.kind.name.lower()
    if meeting.span.starts_at >= now + policy.notice:
        aim = cadence.aim(meeting.due, draft.relationship, now)
        found = search(draft.relationship, observed, aim.window, ledger=state.ledger, avoided=state.avoided)
        if best := _best(found, meeting.due, draft.relationship):
            return _move(state, meeting, best, draft, why)
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
    tolerated: Run = (),
) -> State:
    moved = replace(
        meeting,
        span=slot.span,
        medium=slot.medium,
        burden=slot.burden,
        revision=meeting.revision + 1,
        chosen_by=chosen_by,
        tolerated=tolerated,
        agenda_sent=False,
        stuck_told=False,
    )
    draft.supersede(moved)
    draft.note("moved", moved.number, why=why, start=_text(slot.span))
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


def _book(state: State, observed: Observed, draft: Draft) -> tuple[State, datetime | None]:
    """Book the next meeting if it is time to; otherwise say when to look again."""
    relationship, now = draft.relationship, draft.now
    due = cadence.after_pauses(state.due or now, relationship)
    if relationship.ends is not None and relationship.ends <= max(now, due):
        return state, None
    opens = cadence.look_from(due, relationship.policy)
    if now < opens:
        return state, opens
    aim = cadence.aim(due, relationship, now)
    found = search(relationship, observed, aim.window, ledger=state.ledger, avoided=state.avoided)
    best = _best(found, due, relationship)
    if best is None:
        return _not_found(state, found, draft, late=aim.late), now + RETRY
    meeting = Meeting(state.number + 1, best.span, best.medium, due, burden=best.burden)
    draft.supersede(meeting)
    draft.note("booked", meeting.number, start=_text(best.span))
    draft.calendar(IntentKind.WRITE_EVENT, meeting)
    draft.mail(MailKind.INVITATION, meeting.number, 0, expires=best.span.ends_at)
    return replace(state, number=meeting.number, meeting=meeting), None


def _not_found(state: State, found: Search, draft: Draft, *, late: bool) -> State:
    """Say once for each meeting that no time was found; a calendar that cannot be read gets until it is late."""
    number = state.number + 1
    unknown = any(layer.kind is Kind.UNKNOWN for layer in found.layers)
    if state.told >= number or (unknown and not late) or found.window is None:
        return state
    grid = whole_minutes(draft.relationship.policy.grid)
    draft.note("no-slot", number, **{r.kind: r.minutes for r in reasons(found, grid)})
    draft.mail(MailKind.CANNOT_FIND, number, 0)
    return replace(state, told=number)


def _agenda(state: State, draft: Draft) -> State:
    meeting = state.meeting
    if meeting is None or meeting.agenda_sent or draft.now < _agenda_at(meeting, draft.relationship):
        return state
    sent = replace(meeting, agenda_sent=True)
    draft.ahead(MailKind.AGENDA, meeting, draft.relationship.policy.agenda_before)
    draft.meetings[:] = [m for m in draft.meetings if m.number != sent.number]
    draft.meetings.append(sent)
    return replace(state, meeting=sent)


def _agenda_at(meeting: Meeting, relationship: Relationship) -> datetime:
    """When the first of them is to be sent the agenda."""
    start, before = meeting.span.starts_at, relationship.policy.agenda_before
    moments = (ahead_of(person, start, before) for person in relationship.people)
    return min((moment for moment in moments if moment is not None), default=start - before)


def _follow_up(state: State, draft: Draft) -> State:
    last = state.last
    if last is None or last.followed_up:
        return state
    due = last.span.ends_at + draft.relationship.policy.follow_up_after
    if draft.now < due:
        return state
    expires = last.span.ends_at + FOLLOW_UP_LASTS
    draft.mail(MailKind.FOLLOW_UP, last.number, last.revision, expires=expires)
    return replace(state, last=replace(last, followed_up=True))


def _best(found: Search, due: datetime, relationship: Relationship) -> Slot | None:
    """The cheapest slot; among equals the one on the mentor's day nearest to when it was due, then the earliest."""
    zone = relationship.mentor.zone
    return min(
        found.slots,
        key=lambda slot: (slot.cost, cadence.days_off(slot.span.start, due, zone), slot.span.start),
        default=None,
    )


def _wake(state: State, draft: Draft, retry: datetime | None) -> datetime | None:
    """The next instant at which this decision could come out differently by itself; always after now."""
    policy = draft.relationship.policy
    moments = [retry] if retry else []
    if state.meeting is not None:
        moments.append(state.meeting.span.ends_at)
        if not state.meeting.agenda_sent:
            moments.append(_agenda_at(state.meeting, draft.relationship))
    if state.last is not None and not state.last.followed_up:
        moments.append(state.last.span.ends_at + policy.follow_up_after)
    return max(min(moments), draft.now + timedelta(minutes=1)) if moments else None


def _text(span: Span) -> str:
    return span.starts_at.strftime("%Y-%m-%dT%H:%MZ")
