"""Makes one person's calendar say what a meeting now is.

Nothing is written blindly: a write names the version it builds on, and where the answer to an earlier one was lost,
or no version is known, the event is looked up by its key first.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.invitations import Invitation
from agent.core.observation import OwnEvent
from agent.core.relationships import Relationship, State, meeting_uid
from agent.mail.invite import invitation
from agent.services import take_out
from agent.services.programme import Programme
from agent.services.verdicts import Done, Verdict, Withdrawn
from agent.store import events, intents, relationships
from agent.store.claims import Claimed
from agent.store.engine import Transaction
from agent.store.events import Delivered
from connectors.base import CalendarWriter, Stored
from connectors.errors import Conflict, Missing


def write_event(programme: Programme, relationship: Relationship, state: State, claimed: Claimed) -> Verdict:
    """Create or update the event of the booked meeting in one person's booking calendar.

    Where it stands in one that was theirs for our events before, it is taken out of that once it is written here.
    """
    person, meeting = claimed.intent.person, state.meeting
    calendar, place = programme.booking_calendar(person), programme.booking_place(person)
    if calendar is None or meeting is None:
        return Withdrawn("no-calendar")
    wanted = invitation(programme.deployment, relationship, meeting, person, programme.clock.now())
    with programme.store.look() as tx:
        known = events.get(tx, wanted.uid, person)
        doubtful = intents.lost_write(tx, relationship.id, meeting.number, person)
    former = take_out.former(known, place)
    copy = _Copy(relationship.id, person, place, wanted, None if former else known, doubtful=doubtful)
    verdict = _write(calendar, copy)
    if former is not None and isinstance(verdict, Done):
        take_out.take_out(programme, person, former, wanted.uid)
    return verdict


@dataclass(frozen=True, slots=True)
class _Copy:
    """What one person's calendar, at a place, is to say, and what is known of what it says."""

    relationship: str
    person: str
    place: str | None
    wanted: Invitation
    known: Delivered | None
    doubtful: bool


def _write(calendar: CalendarWriter, copy: _Copy) -> Verdict:
    wanted, known, doubtful = copy.wanted, copy.known, copy.doubtful
    event = _as_known(wanted.uid, known) if known and not doubtful else calendar.find(wanted.uid)
    if event is not None and (doubtful or known is None):
        if event.sequence >= wanted.sequence:
            return _arrived(copy, event)
        if known is not None and event.sequence == known.sequence and (event.cancelled or event.span != known.span):
            return Withdrawn("event-changed", decide_again=True)
    try:
        stored = _put(calendar, wanted, event, known)
    except Missing:
        return Withdrawn("event-gone", decide_again=True)
    if stored is None:
        return Withdrawn("event-changed", decide_again=True)
    delivered = Delivered(wanted.sequence, wanted.span, stored.href, stored.etag, copy.place)

    def keep(tx: Transaction) -> None:
        events.put(tx, wanted.uid, copy.person, delivered)

    return Done(stored.href, {"start": wanted.span.start_text}, keep)


def _arrived(copy: _Copy, event: OwnEvent) -> Done:
    """An earlier write, its answer lost, did arrive. What its owner did to the event since is theirs: decide again."""
    wanted = copy.wanted
    delivered = Delivered(event.sequence, wanted.span, event.href, event.etag, copy.place)

    def keep(tx: Transaction) -> None:
        events.put(tx, wanted.uid, copy.person, delivered)
        relationships.wake(tx, [copy.relationship], wanted.stamp)

    return Done(event.href, {"start": wanted.span.start_text}, keep)


def _put(
    calendar: CalendarWriter, wanted: Invitation, event: OwnEvent | None, known: Delivered | None
) -> Stored | None:
    """Write it over the version we know; None where its owner changed it meanwhile so that a decision is due."""
    if event is None:
        if known is not None:
            raise Missing("somebody deleted the event")
        return calendar.create(wanted)
    try:
        return calendar.update(wanted, event)
    except Conflict:
        found = calendar.find(wanted.uid)
    if found is None:
        raise Missing("the event is gone")
    if found.cancelled or found.span not in {event.span, wanted.span}:
        return None
    return Stored(found.href, found.etag) if _says(found, wanted) else calendar.update(wanted, found)


def _says(event: OwnEvent, wanted: Invitation) -> bool:
    """Whether the event is as it is to be."""
    return event.sequence == wanted.sequence and event.span == wanted.span and not event.cancelled


def remove_event(programme: Programme, relationship: Relationship, _state: State, claimed: Claimed) -> Verdict:
    """Delete the event of a cancelled meeting from one person's booking calendar; one that is gone already is done."""
    person = claimed.intent.person
    calendar, place = programme.booking_calendar(person), programme.booking_place(person)
    if calendar is None:
        return Withdrawn("no-calendar")
    uid = meeting_uid(relationship.id, claimed.intent.number)
    with programme.store.look() as tx:
        former = take_out.former(events.get(tx, uid, person), place)
    evidence = "removed" if take_out.remove(calendar, uid) else "was gone"
    if former is not None:
        take_out.take_out(programme, person, former, uid)
    return Done(evidence, {}, lambda tx: events.forget(tx, uid, person))


def _as_known(uid: str, known: Delivered) -> OwnEvent:
    return OwnEvent(uid, known.span, sequence=known.sequence, etag=known.etag, href=known.href)
