"""What should happen now for one relationship.

``decide`` compares what should be with what is, and answers with the difference as intents. It is the same function
for the daemon, the rehearsal and the tests: old state, a snapshot of the world and an instant in, a decision out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from agent.core import cadence
from agent.core.draft import Decision, Draft
from agent.core.explain import reasons
from agent.core.intents import IntentKind, MailKind
from agent.core.layers import Kind
from agent.core.messages import ahead_of
from agent.core.observation import Observed
from agent.core.relationships import Meeting, Relationship, State
from agent.core.slots import Search, best, search
from agent.core.timespan import whole_minutes
from agent.core.upkeep import look_after
from agent.core.walltime import on_the_wall

RETRY = timedelta(hours=6)
"""When to look again, at the latest, for a time where none was found and nothing has changed that we could see."""

SHARE = 24
"""Of the time from one meeting to the next so much is waited before looking again: an hour, where they meet daily."""

OUTDATED = timedelta(minutes=5)
"""When to look again at a calendar that has not caught up with what we wrote into it."""

FOLLOW_UP_LASTS = timedelta(days=7)
"""How long after a meeting its follow-up still makes sense."""


def decide(state: State, observed: Observed, relationship: Relationship, now: datetime) -> Decision:
    """Close the difference between what should be and what is, as far as it can be closed now (aware UTC)."""
    draft = Draft(relationship, now, observed.counted)
    if state.due is None:
        state = replace(state, due=relationship.starts or now)
    if state.meeting is not None:
        state = look_after(state, state.meeting, observed, draft)
    state = _follow_up(state, draft)
    retry: datetime | None = None
    if state.meeting is None and not relationship.paused:
        state, retry = _book(state, observed, draft)
    state = _agenda(state, draft)
    again = now + OUTDATED if observed.outdated else None
    return draft.decision(state, _wake(state, draft, retry, again))


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
    slot = best(found, due)
    if slot is None:
        return _not_found(state, found, draft, late=aim.late), now + retry_in(relationship)
    wall = on_the_wall(relationship.mentor.where, slot.span.start)
    meeting = Meeting(state.number + 1, slot.span, slot.medium, due, burden=slot.burden, wall=wall)
    draft.supersede(meeting)
    draft.note("booked", meeting.number, start=slot.span.start_text)
    draft.calendar(IntentKind.WRITE_EVENT, meeting)
    draft.mail(MailKind.INVITATION, meeting.number, 0, expires=slot.span.ends_at)
    return replace(state, number=meeting.number, meeting=meeting), None


def retry_in(relationship: Relationship) -> timedelta:
    """How long to wait before looking again for a time where none was found."""
    return min(RETRY, relationship.policy.cadence.every / SHARE)


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


def _wake(state: State, draft: Draft, *others: datetime | None) -> datetime | None:
    """The next instant at which this decision could come out differently by itself; always after now."""
    policy = draft.relationship.policy
    moments = [moment for moment in others if moment is not None]
    if state.meeting is not None:
        moments.append(state.meeting.span.ends_at)
        if not state.meeting.agenda_sent:
            moments.append(_agenda_at(state.meeting, draft.relationship))
    if state.last is not None and not state.last.followed_up:
        moments.append(state.last.span.ends_at + policy.follow_up_after)
    return max(min(moments), draft.now + timedelta(minutes=1)) if moments else None
