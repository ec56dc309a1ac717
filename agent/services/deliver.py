"""Carries intents out, and records what came of each.

The outcome of every effect is one of five, and each is one conditional update of the claimed row: done, withdrawn,
put off, put off as unknown (to be looked up first), failed. Carrying out calls the outside and may take long; it
writes nothing of ours and may go on side by side. Recording is quick.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent import log, metrics
from agent.core.intents import IntentKind
from agent.core.journal import Entry
from agent.core.relevance import relevant
from agent.services.programme import Programme
from agent.services.prove import forbidden
from agent.services.send_mail import send_mail
from agent.services.verdicts import Done, Later, Verdict, Withdrawn
from agent.services.write_event import remove_event, write_event
from agent.store import claims, journal, meetings
from agent.store.claims import Claimed, Outcome
from agent.store.engine import Transaction
from agent.store.errors import StoreError
from agent.store.relationships import Held
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

PATIENCE = timedelta(hours=1)
"""The longest wait between two attempts."""

ODD = (Missing, Conflict, Unreadable)
"""What makes no sense of a calendar that took our events before, and may pass."""

ODD_TRIES = 5
"""How often a calendar may be missing, keep changing or answer nonsense before an effect is set aside."""

UNCERTAIN = timedelta(minutes=2)
"""How long after a lost answer to look what became of it."""

AFTER_THE_STORE = timedelta(minutes=1)
"""How long an effect waits that found our own store out of reach."""

RECONSIDERED = timedelta(minutes=10)
"""How long an effect waits that a rule forbids by now; the decision that is due meanwhile makes it pointless."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What came of one intent that was carried out, or of the attempt."""

    held: Held
    claimed: Claimed
    now: datetime
    outcome: Verdict | Exception


def carry_out(programme: Programme, held: Held, claimed: Claimed, now: datetime) -> Carried:
    """Carry out one claimed intent of a relationship that this worker holds.

    Our own store is read before anybody is called: where that fails nothing was done.
    """
    try:
        outcome = _attempt(programme, held, claimed, now)
    except StoreError:
        outcome = Later(now + AFTER_THE_STORE, "store")
    return Carried(held, claimed, now, outcome)


def _attempt(programme: Programme, held: Held, claimed: Claimed, now: datetime) -> Verdict | Exception:
    intent, state = claimed.intent, held.stored.state
    if held.stored.broken or held.stored.restored_at is not None:
        return Later(now + RECONSIDERED, "state-unreadable" if held.stored.broken else "restored")
    with programme.store.look() as tx:
        people = meetings.booked_for(tx, intent.relationship, intent.number)
    relationship = programme.party(intent.relationship, people)
    if relationship is None:
        return Withdrawn("relationship-gone")
    if not relevant(intent, state, now):
        return Withdrawn("superseded")
    effects = {
        IntentKind.WRITE_EVENT: write_event,
        IntentKind.REMOVE_EVENT: remove_event,
        IntentKind.SEND_MAIL: send_mail,
    }
    try:
        if forbidden(relationship, state.meeting, intent):
            return Later(now + RECONSIDERED, "forbidden", decide_again=True)
        return effects[intent.kind](programme, relationship, state, claimed)
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001  what it was is recorded, and the next intent goes on
        return error


def settle(tx: Transaction, carried: Sequence[Carried]) -> None:
    """Record what came of several, together. Raises ``Stale`` where somebody else holds one by now."""
    settled = [_settled(each) for each in carried]
    claims.settle(tx, [outcome for outcome, _ in settled])
    for each in carried:
        if isinstance(each.outcome, Done):
            each.outcome.keep(tx)
    journal.write(tx, [line for _, line in settled if line is not None])


def decide_again(carried: Carried) -> bool:
    """Whether the world, or a rule, has changed under it, so that a decision is due."""
    return isinstance(carried.outcome, Later | Withdrawn) and carried.outcome.decide_again


def _settled(carried: Carried) -> tuple[Outcome, Entry | None]:
    """Give the row's new values and the journal's line."""
    outcome, claimed, now = carried.outcome, carried.claimed, carried.now
    if isinstance(outcome, Done):
        return claims.finished(claimed, now, outcome.evidence), _line(carried, _done(claimed), **outcome.detail)
    if isinstance(outcome, Withdrawn):
        return claims.withdrawn(claimed, now, outcome.why), _line(carried, "withdrawn", why=outcome.why)
    if isinstance(outcome, Later):
        line = _line(carried, "delayed", why=outcome.why) if outcome.decide_again and claimed.attempts <= 1 else None
        return claims.postponed(claimed, outcome.not_before, outcome.why), line
    return _after_error(carried, outcome)


def _after_error(carried: Carried, error: Exception) -> tuple[Outcome, Entry | None]:
    claimed, now, why = carried.claimed, carried.now, type(error).__name__
    if isinstance(error, OutcomeUnknown):
        return claims.postponed(claimed, now + UNCERTAIN, why, lost=True), _line(carried, "outcome-unknown")
    if _worth_another_try(claimed, error):
        line = _line(carried, "delayed", why=why) if claimed.attempts <= 1 else None
        return claims.postponed(claimed, now + _wait(claimed, error), why, odd=isinstance(error, ODD)), line
    return claims.failed(claimed, now, why), _line(carried, "failed", why=why)


def say(carried: Carried, *, lost: bool) -> None:
    """Log and count what came of it, one line; nothing did where its claim was ``lost`` to somebody else."""
    intent, outcome, name = carried.claimed.intent, carried.outcome, what(carried.claimed)
    if lost:
        metrics.effect(name, "lost")
        return
    metrics.effect(name, _word(carried))
    if isinstance(outcome, Later):
        metrics.wait(outcome.why)
    if isinstance(outcome, Later) and intent.mail is not None:
        metrics.mail_deferred(outcome.why)
    if not isinstance(outcome, Exception):
        about = {"relationship": intent.relationship, "person": intent.person, "what": name}
        why = {} if isinstance(outcome, Done) else {"why": outcome.why}
        log.logger().info(type(outcome).__name__.lower(), **about, **why)
        return
    if not isinstance(outcome, ConnectorError):
        metrics.error(outcome)  # the guard has counted those of connectors
    say = log.logger().warning if isinstance(outcome, ConnectorError) else log.logger().error
    say("effect not done", relationship=intent.relationship, what=name, why=type(outcome).__name__)


def _word(carried: Carried) -> str:
    """Name what came of it as figures have it."""
    outcome = carried.outcome
    if not isinstance(outcome, Exception):
        return type(outcome).__name__.lower()
    if isinstance(outcome, OutcomeUnknown):
        return "unknown"
    return "retry" if _worth_another_try(carried.claimed, outcome) else "failed"


def _worth_another_try(claimed: Claimed, error: Exception) -> bool:
    """Whether time may mend it: a refusal is final, an answer that makes no sense is believed after a few of them."""
    if isinstance(error, Temporary | ConsentRevoked):
        return True
    return isinstance(error, ODD) and claimed.odd + 1 < ODD_TRIES


def _wait(claimed: Claimed, error: Exception) -> timedelta:
    if isinstance(error, RateLimited):
        return max(error.retry_after, timedelta(seconds=1))
    if isinstance(error, ConsentRevoked):
        return PATIENCE
    return min(timedelta(minutes=2 ** min(claimed.attempts, 10)), PATIENCE)


def what(claimed: Claimed) -> str:
    """Name an effect: by its mail, or else by what it does to a calendar."""
    return claimed.intent.mail.value if claimed.intent.mail else claimed.intent.kind.value


def _done(claimed: Claimed) -> str:
    return {
        IntentKind.WRITE_EVENT: "event-written",
        IntentKind.REMOVE_EVENT: "event-removed",
        IntentKind.SEND_MAIL: "mail-sent",
    }[claimed.intent.kind]


def _line(carried: Carried, event: str, **detail: str | int) -> Entry:
    intent = carried.claimed.intent
    if not isinstance(carried.outcome, Done):
        detail = {"kind": what(carried.claimed), **detail}
    told = {"revision": intent.revision, **detail}
    return Entry(carried.now, event, intent.relationship, intent.number, intent.person, told)
