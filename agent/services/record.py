"""Writes a decision down whole: state, meetings, withdrawn and new intents and the journal, in one transaction."""

from __future__ import annotations

from datetime import datetime

from agent.core.draft import Decision
from agent.core.intents import IntentKind
from agent.core.layers import Shape
from agent.core.relationships import Meeting, Relationship, meeting_uid
from agent.services.observe import Seen
from agent.store import engagements, events, intents, journal, meetings, relationships
from agent.store.engine import Transaction
from agent.store.events import Delivered
from agent.store.relationships import Stored


def record(
    tx: Transaction, relationship: Relationship, stored: Stored, decision: Decision, seen: Seen, now: datetime
) -> None:
    """Record a decision that was made on a relationship as it was stored.

    Raises ``Stale`` where that has moved on, or where somebody's other bookings have changed since they were seen.
    """
    shape = Shape.of(relationship)
    people = [person.id for person in relationship.people]
    relationships.save(tx, relationship.id, stored.version, decision.state, decision.wake_at)
    if _occupies(stored.state.meeting, decision):
        engagements.change(tx, seen.engaged)
    for meeting in decision.meetings:
        meetings.put(tx, relationship.id, people, meeting, shape.before, shape.after)
    for withdrawal in decision.withdrawals:
        intents.withdraw(tx, relationship.id, withdrawal.number, now, before_revision=withdrawal.before_revision)
    _acknowledge(tx, relationship, decision, seen)
    intents.redo(tx, [intent.key for intent in decision.intents if seen.observed.of(intent.person).misplaced])
    intents.add(tx, decision.intents, now)
    journal.write(tx, decision.reasons)


def _occupies(before: Meeting | None, decision: Decision) -> bool:
    """Whether it takes time of people's that they had free before."""
    after = decision.state.meeting
    return after is not None and (before is None or (before.number, before.span) != (after.number, after.span))


def _acknowledge(tx: Transaction, relationship: Relationship, decision: Decision, seen: Seen) -> None:
    """Take the version of each event that the decision has seen as the one its writes build on."""
    for intent in decision.intents:
        event = seen.observed.of(intent.person).event
        if intent.kind is IntentKind.SEND_MAIL or event is None:
            continue
        if event.uid == meeting_uid(relationship.id, intent.number):
            place = seen.places.get(intent.person)
            delivered = Delivered(event.sequence, event.span, event.href, event.etag, place)
            events.put(tx, event.uid, intent.person, delivered)
