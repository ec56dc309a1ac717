"""One sweep: notice what changed, decide for whoever is due, record each decision whole, deliver what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent import log
from agent.core.decide import decide
from agent.core.journal import Entry
from agent.services.deliver import deliver_due
from agent.services.notice import notice
from agent.services.observe import Observer
from agent.services.part_company import part_company
from agent.services.programme import Programme
from agent.services.prove import CheckFailed, prove
from agent.services.record import record
from agent.store import intents, journal, relationships
from agent.store.errors import Stale, StoreError

ROUNDS = 12
"""Decide and deliver take turns this often in one sweep at the most; what is left waits for the next."""

SET_ASIDE = timedelta(hours=1)
"""How long a relationship rests whose decision failed unexpectedly."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: calendars found changed, decisions recorded, effects carried out, relationships set aside."""

    changed: int = 0
    decided: int = 0
    delivered: int = 0
    set_aside: int = 0


def sweep(programme: Programme) -> Swept:
    """Bring everything that is due up to date, once. One relationship's trouble never stops the others."""
    now = programme.clock.now()
    with programme.store.begin() as tx:
        relationships.synchronise(tx, programme.deployment.terms, now)
    part_company(programme, now)
    changed = notice(programme, now)
    decided = delivered = aside = 0
    for _ in range(ROUNDS):
        done, failed = decide_due(programme)
        sent = deliver_due(programme)
        decided, delivered, aside = decided + done, delivered + sent, aside + failed
        if not (done or sent) or programme.stopping():
            break
    return Swept(changed, decided, delivered, aside)


def decide_due(programme: Programme) -> tuple[int, int]:
    """Decide for every relationship whose time has come; give how many were decided and how many set aside."""
    now = programme.clock.now()
    with programme.store.begin() as tx:
        due = relationships.due(tx, now)
    observer = Observer(programme, now)
    outcomes = [
        _decide_one(programme, observer, name, now)
        for name in due
        if name in programme.relationships and not programme.stopping()
    ]
    return outcomes.count(True), outcomes.count(False)


def _decide_one(programme: Programme, observer: Observer, name: str, now: datetime) -> bool:
    relationship = programme.relationships[name]
    try:
        with programme.store.begin() as tx:
            stored = relationships.load(tx, name)
        observed = observer.observe(relationship, stored.state)
        decision = decide(stored.state, observed, relationship, now)
        prove(relationship, stored.state, decision.state, observed)
        with programme.store.begin() as tx:
            record(tx, relationship, stored.version, decision, observed, now)
    except Stale:
        return True
    except StoreError:
        raise
    except CheckFailed as failed:
        _refuse(programme, name, failed, now)
        return False
    except Exception as error:  # noqa: BLE001  one bad row must never stop the others
        _set_aside(programme, name, error, now)
        return False
    for entry in decision.reasons:
        log.logger().info(entry.event, relationship=name, number=entry.number, **entry.detail)
    return True


def _set_aside(programme: Programme, name: str, error: Exception, now: datetime) -> None:
    why = type(error).__name__
    log.logger().error("relationship set aside", relationship=name, why=why, exc_info=log.traceback_wanted())
    with programme.store.begin() as tx:
        relationships.set_aside(tx, name, why, now + SET_ASIDE)
        journal.write(tx, [Entry(now, "set-aside", name, detail={"why": why})])


def _refuse(programme: Programme, name: str, failed: CheckFailed, now: datetime) -> None:
    """Leave a decision unrecorded that ``check`` refuses, and let its relationship rest: one of the two is wrong."""
    log.logger().error("check failed", relationship=name, kinds=str(failed))
    with programme.store.begin() as tx:
        relationships.set_aside(tx, name, "check-failed", now + SET_ASIDE)
        journal.write(tx, [Entry(now, "check-failed", name, detail={"kinds": str(failed)})])


def next_wake(programme: Programme) -> datetime | None:
    """The next instant at which a sweep finds something to do by itself."""
    with programme.store.begin() as tx:
        moments = [m for m in (relationships.next_wake(tx), intents.next_due(tx)) if m is not None]
    return min(moments, default=None)
