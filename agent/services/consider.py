"""Decides what one relationship needs now, and records the decision whole; its trouble never stops the others.

Deciding reads calendars and may take long; it changes nothing and may go on side by side. Recording is quick, and is
done in a transaction together with whatever else is ready.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent import log, metrics
from agent.core.decide import decide
from agent.core.draft import Decision
from agent.core.journal import Entry
from agent.core.relationships import Relationship
from agent.services import recover
from agent.services.observe import Interrupted, Observer, Seen
from agent.services.programme import Programme
from agent.services.prove import CheckFailed, prove
from agent.services.record import record
from agent.services.recover import UNCLEAR, Recovered, Unclear
from agent.store import journal, relationships
from agent.store.engine import Transaction, nested
from agent.store.errors import Stale, StoreError, StoreUnavailable
from agent.store.relationships import Held
from connectors.errors import RateLimited

SET_ASIDE = timedelta(hours=1)
"""How long a relationship rests whose decision failed unexpectedly."""


class StateUnreadable(Exception):
    """The row of a relationship holds what no Attune has written, or a newer one."""


class NeverRests(Exception):
    """A decision asked to be made again at once, which would go on for ever."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that is ready to be recorded."""

    held: Held
    now: datetime
    relationship: Relationship
    seen: Seen
    decision: Decision


@dataclass(frozen=True, slots=True)
class Failed:
    """A relationship that could not be decided, and why."""

    held: Held
    now: datetime
    error: Exception


@dataclass(frozen=True, slots=True)
class Gone:
    """A relationship that is no longer in the files."""

    held: Held


@dataclass(frozen=True, slots=True)
class PutOff:
    """A relationship that cannot be decided yet."""

    held: Held
    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Left:
    """A relationship that is still due, since it is time to stop."""

    held: Held


Considered = Decided | Failed | Gone | PutOff | Left | Recovered


def consider(programme: Programme, observer: Observer, held: Held, now: datetime) -> Considered:
    """Decide for one relationship that this worker holds, unless it is time to stop. Raises ``StoreError`` only."""
    if programme.stopping():
        return Left(held)
    try:
        return _consider(programme, observer, held, now)
    except StoreError:
        raise
    except Interrupted:
        return Left(held)
    except RateLimited as limited:
        return PutOff(held, now + limited.retry_after, "rate-limited")
    except Exception as error:  # noqa: BLE001  one bad row must never stop the others
        return Failed(held, now, error)


def _consider(programme: Programme, observer: Observer, held: Held, now: datetime) -> Considered:
    """Find out first what was done for one that came out of a backup, and wait where that is not known of others."""
    stored, relationship = held.stored, programme.relationships.get(held.name)
    if stored.restored_at is not None and not stored.broken:
        found = recover.recover(programme, held, now)
        return PutOff(held, found.until, "restored") if isinstance(found, Unclear) else found
    if relationship is None:
        return Gone(held)
    if stored.broken:
        raise StateUnreadable
    if observer.restoring and recover.must_wait(programme, relationship):
        return PutOff(held, now + UNCLEAR, "others-restored")
    seen = observer.see(relationship, stored.state)
    decision = decide(stored.state, seen.observed, relationship, now)
    prove(relationship, stored.state, decision.state, seen.observed)
    if decision.wake_at is not None and decision.wake_at <= now:
        raise NeverRests
    return Decided(held, now, relationship, seen, decision)


def settle(tx: Transaction, considered: Sequence[Considered]) -> list[bool | None]:
    """Record what was decided, together where that can be; of each True where it was recorded, else as ``_settled``."""
    decided = [each for each in considered if isinstance(each, Decided)]
    together = len(decided) > 1 and _together(tx, decided)
    return [True if together and isinstance(each, Decided) else _settled(tx, each) for each in considered]


def _together(tx: Transaction, decided: Sequence[Decided]) -> bool:
    """Record all of them or none: one by one each would have to be kept apart, which costs more than to record it."""
    try:
        with nested(tx):
            for each in decided:
                _record(tx, each)
    except StoreUnavailable:
        raise
    except Exception:  # noqa: BLE001  which of them it was is found one by one
        return False
    return True


def _settled(tx: Transaction, considered: Considered) -> bool | None:
    """Record what was decided; True where it was, False where it was set aside, None where it is to be done anew."""
    if isinstance(considered, Gone | PutOff | Left):
        _leave(tx, considered)
        return None
    if isinstance(considered, Failed):
        _set_aside(tx, considered)
        return False
    try:
        with nested(tx):
            if isinstance(considered, Recovered):
                recover.settle(tx, considered)
            else:
                _record(tx, considered)
    except Stale:
        return None
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001  what cannot be written down is set aside like what cannot be decided
        _set_aside(tx, Failed(considered.held, considered.now, error))
        return False
    return True


def _leave(tx: Transaction, considered: Gone | PutOff | Left) -> None:
    """Have it looked at never, later, or when it was due anyway."""
    if isinstance(considered, Gone):
        relationships.sleep(tx, considered.held.name)
    elif isinstance(considered, PutOff):
        relationships.put_off(tx, considered.held.name, considered.until)


def _record(tx: Transaction, decided: Decided) -> None:
    record(tx, decided.relationship, decided.held.stored, decided.decision, decided.seen, decided.now)


def say(considered: Considered, *, recorded: bool) -> None:
    """Log what was decided and is recorded, one line for each reason, or why there is nothing to record."""
    logger, name = log.logger(), considered.held.name
    if isinstance(considered, Gone):
        logger.info("relationship gone", relationship=name)
    elif isinstance(considered, PutOff):
        logger.info("put off", relationship=name, until=considered.until.isoformat(), why=considered.why)
    elif not recorded:
        logger.info("decision stale", relationship=name)
    for entry in considered.decision.reasons if recorded and isinstance(considered, Decided) else ():
        logger.info(entry.event, relationship=name, number=entry.number, **entry.detail)


def _set_aside(tx: Transaction, failed: Failed) -> None:
    """Leave a decision unrecorded that failed, or that ``check`` refuses, and let its relationship rest."""
    name, now, error = failed.held.name, failed.now, failed.error
    if isinstance(error, CheckFailed):
        why, line = "check-failed", Entry(now, "check-failed", name, detail={"kinds": str(error)})
        log.logger().error("check failed", relationship=name, kinds=str(error))
    else:
        why = type(error).__name__
        metrics.error(error)
        line = Entry(now, "set-aside", name, detail={"why": why})
        trace = error if log.traceback_wanted() else None
        log.logger().error("relationship set aside", relationship=name, why=why, exc_info=trace)
    relationships.set_aside(tx, name, why, now + SET_ASIDE)
    journal.write(tx, [line])
