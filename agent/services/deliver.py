"""Carries intents out, one claimed row at a time, and records what came of each.

The outcome of every effect is one of five, and each is one conditional update of the claimed row: done, withdrawn,
put off, put off as unknown (to be looked up first), failed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from agent import log
from agent.core.intents import IntentKind
from agent.core.journal import Entry
from agent.core.relevance import relevant
from agent.services.programme import Programme
from agent.services.prove import forbidden
from agent.services.send_mail import send_mail
from agent.services.verdicts import Done, Later, Verdict, Withdrawn
from agent.services.write_event import remove_event, write_event
from agent.store import intents, journal, meetings, relationships
from agent.store.errors import Stale, StoreError
from agent.store.intents import Claimed
from agent.store.relationships import Stored
from connectors.errors import (
    Conflict,
    ConnectorError,
    ConsentRevoked,
    Missing,
    OutcomeUnknown,
    RateLimited,
    Temporary,
    Unreadable,
)

LEASE = timedelta(minutes=2)
"""How long a claim lasts: more than three times the longest wait for a provider's answer."""

PATIENCE = timedelta(hours=1)
"""The longest wait between two attempts."""

ODD_TRIES = 5
"""How often a calendar that is missing, keeps changing or answers nonsense is tried before it is set aside."""

UNCERTAIN = timedelta(minutes=2)
"""How long after a lost answer to look what became of it."""

RECONSIDERED = timedelta(minutes=10)
"""How long an effect waits that a rule forbids by now; the decision that is due meanwhile makes it pointless."""

SEVERAL = 1000
"""The most intents that one call works through."""


def deliver_due(programme: Programme) -> int:
    """Carry out every intent that is due, calendars before mails; give how many were claimed."""
    for count in range(SEVERAL):
        if programme.stopping():
            return count
        now = programme.clock.now()
        with programme.store.begin() as tx:
            claimed = intents.claim(tx, now, LEASE)
        if claimed is None:
            return count
        try:
            _record(programme, claimed, _attempt(programme, claimed, now), now)
        except Stale:
            log.logger().warning("claim lost", relationship=claimed.intent.relationship, key=claimed.intent.key)
    return SEVERAL


def _attempt(programme: Programme, claimed: Claimed, now: datetime) -> Verdict | Exception:
    intent = claimed.intent
    with programme.store.begin() as tx:
        stored: Stored = relationships.load(tx, intent.relationship)
        people = meetings.booked_for(tx, intent.relationship, intent.number)
    relationship = programme.party(intent.relationship, people)
    if relationship is None:
        return Withdrawn("relationship-gone")
    if not relevant(intent, stored.state, now):
        return Withdrawn("superseded")
    effects = {
        IntentKind.WRITE_EVENT: write_event,
        IntentKind.REMOVE_EVENT: remove_event,
        IntentKind.SEND_MAIL: send_mail,
    }
    try:
        if forbidden(relationship, stored.state.meeting, intent):
            return Later(now + RECONSIDERED, "forbidden", decide_again=True)
        return effects[intent.kind](programme, relationship, stored.state, claimed)
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001  what it was is recorded, and the next intent goes on
        return error


def _record(programme: Programme, claimed: Claimed, outcome: Verdict | Exception, now: datetime) -> None:
    if isinstance(outcome, Exception):
        _record_error(programme, claimed, outcome, now)
        return
    intent = claimed.intent
    with programme.store.begin() as tx:
        if isinstance(outcome, Done):
            intents.finish(tx, claimed, now, outcome.evidence)
            outcome.keep(tx)
            journal.write(tx, [_line(claimed, now, _done(claimed), **outcome.detail)])
        elif isinstance(outcome, Later):
            intents.postpone(tx, claimed, outcome.not_before, outcome.why)
            if outcome.decide_again and claimed.attempts <= 1:
                journal.write(tx, [_line(claimed, now, "delayed", kind=_what(claimed), why=outcome.why)])
        else:
            intents.withdraw_claimed(tx, claimed, now, outcome.why)
            journal.write(tx, [_line(claimed, now, "withdrawn", kind=_what(claimed), why=outcome.why)])
        if not isinstance(outcome, Done) and outcome.decide_again:
            relationships.wake(tx, [intent.relationship], now)
    log.logger().info(
        type(outcome).__name__.lower(), relationship=intent.relationship, person=intent.person, what=_what(claimed)
    )


def _record_error(programme: Programme, claimed: Claimed, error: Exception, now: datetime) -> None:
    why = type(error).__name__
    first = claimed.attempts <= 1
    with programme.store.begin() as tx:
        if isinstance(error, OutcomeUnknown):
            intents.postpone(tx, claimed, now + UNCERTAIN, why, lost=True)
            journal.write(tx, [_line(claimed, now, "outcome-unknown", kind=_what(claimed))])
        elif _worth_another_try(claimed, error):
            intents.postpone(tx, claimed, now + _wait(claimed, error), why)
            if first:
                journal.write(tx, [_line(claimed, now, "delayed", kind=_what(claimed), why=why)])
        else:
            intents.fail(tx, claimed, now, why)
            journal.write(tx, [_line(claimed, now, "failed", kind=_what(claimed), why=why)])
    say = log.logger().warning if isinstance(error, ConnectorError) else log.logger().error
    say("effect not done", relationship=claimed.intent.relationship, what=_what(claimed), why=why)


def _worth_another_try(claimed: Claimed, error: Exception) -> bool:
    """Whether time may mend it: a refusal is final, an answer that makes no sense is believed after a few tries."""
    if isinstance(error, Temporary | ConsentRevoked):
        return True
    return isinstance(error, Missing | Conflict | Unreadable) and claimed.attempts < ODD_TRIES


def _wait(claimed: Claimed, error: Exception) -> timedelta:
    if isinstance(error, RateLimited):
        return max(error.retry_after, timedelta(seconds=1))
    if isinstance(error, ConsentRevoked):
        return PATIENCE
    return min(timedelta(minutes=2 ** min(claimed.attempts, 10)), PATIENCE)


def _what(claimed: Claimed) -> str:
    return claimed.intent.mail.value if claimed.intent.mail else claimed.intent.kind.value


def _done(claimed: Claimed) -> str:
    return {
        IntentKind.WRITE_EVENT: "event-written",
        IntentKind.REMOVE_EVENT: "event-removed",
        IntentKind.SEND_MAIL: "mail-sent",
    }[claimed.intent.kind]


def _line(claimed: Claimed, now: datetime, event: str, **detail: str | int) -> Entry:
    intent = claimed.intent
    return Entry(now, event, intent.relationship, intent.number, intent.person, {"revision": intent.revision, **detail})
