"""Writes a decision down whole: state, meetings, withdrawn and new intents and the journal, in one transaction."""

from __future__ import annotations

from datetime import datetime

from agent.core.draft import Decision
from agent.core.intents import IntentKind
from agent.core.layers import Shape
from agent.core.observation import Observed
from agent.core.relationships import Relationship, meeting_uid
from agent.store import events, intents, journal, meetings, relationships
from agent.store.engine import Transaction


def record(
    tx: Transaction, relationship: Relationship, version: int, decision: Decision, observed: Observed, now: datetime
) -> None:
    """Record a decision that was made on ``version`` of a relationship. Raises ``Stale`` where that has moved on."""
    shape = Shape.of(relationship)
    people = [person.id for person in relationship.people]
    relationships.save(tx, relationship.id, version, decision.state, decision.wake_at)
    for meeting in decision.meetings:
        meetings.put(tx, relationship.id, people, meeting, shape.before, shape.after)
    for withdrawal in decision.withdrawals:
        intents.withdraw(tx, relationship.id, withdrawal.number, now, before_revision=withdrawal.before_revision)
    _acknowledge(tx, relationship, decision, observed)
    intents.add(tx, decision.intents, now)
    journal.write(tx, decision.reasons)


def _acknowledge(tx: Transaction, relationship: Relationship, decision: Decision, observed: Observed) -> None:
    """Take the version of each event that the decision has seen as the one its writes build on."""
    for intent in decision.intents:
        seen = observed.of(intent.person).event
        if intent.kind is IntentKind.SEND_MAIL or seen is None:
            continue
        if seen.uid == meeting_uid(relationship.id, intent.number):
            delivered = events.Delivered(seen.sequence, seen.span, seen.href, seen.etag)
            events.put(tx, seen.uid, intent.person, delivered)
