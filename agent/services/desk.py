"""Hands out what is due and writes down what came of it: the one who does all the writing while others do slow things.

    claim ──► lanes: ask a calendar | decide | carry out ──► record, and claim the next, in one transaction

What has finished meanwhile is recorded together, so that many commits become one. Calendars are asked first, then
decisions are made, then effects carried out; no more effects are begun than can be at work at once, since one that was
begun and not recorded counts as lost after a crash.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from agent import log, metrics
from agent.services import consider, deliver, notice
from agent.services.consider import Considered
from agent.services.deliver import Carried
from agent.services.keep_health import Note, keep_health
from agent.services.lanes import Lanes
from agent.services.notice import Asked
from agent.services.observe import Observer
from agent.services.part import Part, Swept
from agent.services.programme import Programme
from agent.store import agenda, calendars, claims, relationships
from agent.store.claims import Claimed
from agent.store.engine import Transaction
from agent.store.errors import Stale
from agent.store.relationships import Held

LEASE = timedelta(minutes=2)
"""How long a claim lasts: more than three times the longest wait for a provider's answer."""

MANY = 100
"""Calendars asked, or decisions made, of one claim."""

OFTEN = 12
"""After so many decisions about one relationship in one sweep, it waits a minute."""

A_MINUTE = timedelta(minutes=1)

GLANCE = 5.0
"""Seconds after which to look up from waiting, to prolong what is held."""


@dataclass
class Desk:
    """One sweep at work."""

    programme: Programme
    part: Part
    lanes: Lanes
    _tally: Counter[str] = field(default_factory=Counter)
    _decisions: Counter[str] = field(default_factory=Counter)
    _held: dict[str, Held] = field(default_factory=dict)
    _claimed: dict[str, Claimed] = field(default_factory=dict)
    _notes: deque[Note] = field(default_factory=deque)
    _trouble: Exception | None = None
    _renewed: datetime | None = None

    def work(self) -> Swept:
        """Go on until nothing is due, or until it is time to stop. Raises ``StoreError``."""
        while self._turn(list(self.lanes.finished(GLANCE))) or self.lanes.busy:
            continue
        if self._trouble is not None:
            raise self._trouble
        tally = self._tally
        return Swept(tally["changed"], tally["decided"], tally["delivered"], tally["set aside"])

    def _turn(self, done: Sequence[object]) -> bool:
        """Record what has finished and begin what comes next; whether anything was begun."""
        self._trouble = next((each for each in done if isinstance(each, Exception)), self._trouble)
        now = self.programme.clock.now()
        with self.programme.store.begin() as tx:
            self._record(tx, done, now)
            self._renew(tx, now)
            jobs = self._claim(tx, now)
        for job in jobs:
            self.lanes.submit(job)
        return bool(jobs)

    # Beginning

    def _claim(self, tx: Transaction, now: datetime) -> list[partial[object]]:
        """Claim the first kind of thing that is due, where there is room for it."""
        late = self.part.until is not None and now >= self.part.until
        if self.lanes.idle <= 0 or late or self._trouble or self.programme.stopping():
            return []
        due = agenda.read(tx, self.part.shards)
        asks = self._asks(tx, now) if due.asking(now) else []
        considerations = self._considerations(tx, now) if not asks and due.deciding(now) else []
        return asks or considerations or self._effects(tx, now, due.carrying(now))

    def _asks(self, tx: Transaction, now: datetime) -> list[partial[object]]:
        again = now + self.programme.deployment.sweep
        due = calendars.claim(tx, now, again, MANY, self.part.shards)
        return [partial(_safely, notice.ask, self.programme, person, position, now) for person, position in due]

    def _considerations(self, tx: Transaction, now: datetime) -> list[partial[object]]:
        held = relationships.claim(tx, now, LEASE, MANY, self.part.shards)
        if not held:
            return []
        self._hold(held)
        observer = Observer(self.programme, now, notes=self._notes, waits=True)
        return [partial(_safely, consider.consider, self.programme, observer, each, now) for each in held]

    def _effects(self, tx: Transaction, now: datetime, statuses: Sequence[str]) -> list[partial[object]]:
        found = claims.due(tx, now, self.lanes.idle, self.part.shards, statuses)
        due = {each.intent.relationship: each for each in found}
        held = relationships.hold(tx, due, now, LEASE) if due else []
        claimed = claims.claim(tx, [due[each.name] for each in held], now, LEASE)
        self._hold(held)
        self._claimed.update((each.intent.relationship, each) for each in claimed)
        pairs = zip(held, claimed, strict=True)
        return [partial(_safely, deliver.carry_out, self.programme, one, each, now) for one, each in pairs]

    def _hold(self, held: Iterable[Held]) -> None:
        self._held.update((each.name, each) for each in held)

    def _renew(self, tx: Transaction, now: datetime) -> None:
        """Hold what is being worked on for longer, before anybody could take it over."""
        if self._renewed is not None and self._renewed <= now < self._renewed + LEASE / 4:
            return
        self._renewed = now
        relationships.renew(tx, self._held.values(), now + LEASE)
        claims.renew(tx, self._claimed.values(), now + LEASE)

    # Ending

    def _record(self, tx: Transaction, done: Sequence[object], now: datetime) -> None:
        """Write down what has finished, first of all whether it was still ours to do."""
        considered = [each for each in done if isinstance(each, Considered)]
        carried = [each for each in done if isinstance(each, Carried)]
        ended = [each.held for each in (*considered, *carried)]
        ours = relationships.still_held(tx, ended) if ended else frozenset()
        for held in ended:
            self._held.pop(held.name, None)
            self._claimed.pop(held.name, None)
            if held.name not in ours:
                log.logger().warning("claim lost", relationship=held.name)
        self._record_answers(tx, [each for each in done if isinstance(each, Asked)])
        self._record_decisions(tx, [each for each in considered if each.held.name in ours], now)
        self._record_effects(tx, [each for each in carried if each.held.name in ours], now)
        relationships.let_go(tx, ours)

    def _record_answers(self, tx: Transaction, answers: Sequence[Asked]) -> None:
        self._tally["changed"] += sum(notice.take_note(tx, self.programme, asked) for asked in answers)

    def _record_decisions(self, tx: Transaction, considered: Sequence[Considered], now: datetime) -> None:
        keep_health(tx, _taken(self._notes), now)
        for each in considered:
            settled = consider.settle(tx, each)
            self._tally["set aside"] += settled is False
            self._tally["decided"] += settled is not False
            self._decisions[each.held.name] += 1

    def _record_effects(self, tx: Transaction, carried: Sequence[Carried], now: datetime) -> None:
        if carried and not _settled(tx, carried):
            for each in carried:
                if not _settled(tx, [each]):
                    metrics.effect(deliver.what(each.claimed), "lost")
                    log.logger().warning("claim lost", relationship=each.held.name, key=each.claimed.intent.key)
        for each in carried:
            self._tally["delivered"] += 1
            if deliver.decide_again(each):
                often = self._decisions[each.held.name] >= OFTEN
                relationships.wake(tx, [each.held.name], now + A_MINUTE if often else now)


def _settled(tx: Transaction, carried: Sequence[Carried]) -> bool:
    """Record these together or none of them; of one alone nothing is recorded before that it is ``Stale``."""
    try:
        with tx.begin_nested() if len(carried) > 1 else nullcontext():
            deliver.settle(tx, carried)
    except Stale:
        return False
    return True


def _taken(notes: deque[Note]) -> Iterator[Note]:
    """Take out what there is by now; others may go on adding."""
    while notes:
        yield notes.popleft()


def _safely(step: Callable[..., object], *arguments: object) -> object:
    """Give what a step gives, or the exception that it ended in: threads have nobody to raise it to."""
    try:
        return step(*arguments)
    except Exception as error:  # noqa: BLE001  raised again where the sweep ends
        return error
