"""Hands out what is due and writes down what came of it: the one who does all the writing while others do slow things.

    claim ──► lanes: ask a calendar | decide | carry out ──► record, and claim the next, in one transaction

What has finished meanwhile is recorded together, so that many commits become one. Decisions are made before effects are
carried out, and calendars asked beside them; no more effects are begun than can be at work at once, since one that was
begun and not recorded counts as lost after a crash.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from functools import partial

from agent import log
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
from agent.store.engine import Transaction, nested
from agent.store.errors import Stale, StoreUnavailable
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


PAUSES = (0.05, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds to wait for the store before the next attempt to record what was carried out; together half a lease."""


class Lost(Enum):
    """What became of something whose claim somebody else had taken over meanwhile: nothing."""

    WHILE_BUSY = auto()


Jobs = list[partial[object]]
Recorded = tuple[Asked | Considered | Carried, bool | Lost | None]
"""Something that has finished, and what came of recording it."""


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
    _asking: int = 0

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
        notes = list(self._notes)
        jobs, recorded = self._patiently(done, notes, now)
        for _ in notes:
            self._notes.popleft()
        for each in recorded:
            self._count(each)
        for job in jobs:
            self.lanes.submit(job)
        return bool(jobs)

    def _patiently(self, done: Sequence[object], notes: Sequence[Note], now: datetime) -> tuple[Jobs, list[Recorded]]:
        """Where something was carried out, give the store time to come back: what is not recorded is done twice."""
        for pause in PAUSES if any(isinstance(each, Carried) for each in done) else ():
            try:
                return self._commit(done, notes, now)
            except StoreUnavailable as error:
                log.logger().warning("not recorded yet", why=str(error))
                self.programme.clock.sleep(pause)
        return self._commit(done, notes, now)

    def _commit(self, done: Sequence[object], notes: Sequence[Note], now: datetime) -> tuple[Jobs, list[Recorded]]:
        with self.programme.store.begin() as tx:
            recorded = self._record(tx, done, notes, now)
            self._renew(tx, now)
            return self._claim(tx, now), recorded

    # Beginning

    def _claim(self, tx: Transaction, now: datetime) -> Jobs:
        """Claim what is due, where there is room for it: decisions before effects, and asking beside them.

        Calendars are asked in half of the lanes at the most, so that slow ones keep nobody else waiting.
        """
        late = self.part.until is not None and now >= self.part.until
        if self.lanes.idle <= 0 or late or self._trouble or self.programme.stopping():
            return []
        due = agenda.read(tx, self.part.shards)
        asks = self._asks(tx, now) if due.asking(now) else []
        if asks and self.lanes.count == 1:
            return asks
        considerations = self._considerations(tx, now) if due.deciding(now) else []
        return asks + (considerations or self._effects(tx, now, due.carrying(now), self.lanes.idle - len(asks)))

    def _asks(self, tx: Transaction, now: datetime) -> Jobs:
        again = now + self.programme.deployment.sweep
        room = MANY if self.lanes.count == 1 else min(self.lanes.idle, self.lanes.count // 2 - self._asking)
        due = calendars.claim(tx, now, again, room, self.part.shards) if room > 0 else []
        self._asking += len(due)
        return [partial(_safely, notice.ask, self.programme, person, position, now) for person, position in due]

    def _considerations(self, tx: Transaction, now: datetime) -> Jobs:
        held = relationships.claim(tx, now, LEASE, MANY, self.part.shards)
        if not held:
            return []
        self._hold(held)
        observer = Observer(self.programme, now, notes=self._notes, waits=True)
        return [partial(_safely, consider.consider, self.programme, observer, each, now) for each in held]

    def _effects(self, tx: Transaction, now: datetime, statuses: Sequence[str], room: int) -> Jobs:
        """Begin as many as there are lanes for; one relationship has one at a time, however many are due."""
        jobs: Jobs = []
        while len(jobs) < room:
            found = claims.due(tx, now, room - len(jobs), self.part.shards, statuses)
            due = {each.intent.relationship: each for each in found}
            held = relationships.hold(tx, due, now, LEASE) if due else []
            claimed = claims.claim(tx, [due[each.name] for each in held], now, LEASE)
            self._hold(held)
            self._claimed.update((each.intent.relationship, each) for each in claimed)
            pairs = zip(held, claimed, strict=True)
            jobs += [partial(_safely, deliver.carry_out, self.programme, one, each, now) for one, each in pairs]
            if not held or room == 1:
                break
        return jobs

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

    def _record(self, tx: Transaction, done: Sequence[object], notes: Sequence[Note], now: datetime) -> list[Recorded]:
        """Write down what has finished, first of all whether it was still ours to do; give what came of each."""
        considered = [each for each in done if isinstance(each, Considered)]
        carried = [each for each in done if isinstance(each, Carried)]
        ended = [each.held for each in (*considered, *carried)]
        ours = relationships.still_held(tx, ended) if ended else frozenset()
        for held in ended:
            self._held.pop(held.name, None)
            self._claimed.pop(held.name, None)
        keep_health(tx, notes, now)
        recorded: list[Recorded] = [
            (asked, notice.take_note(tx, self.programme, asked)) for asked in done if isinstance(asked, Asked)
        ]
        recorded += [(each, consider.settle(tx, each)) for each in considered if each.held.name in ours]
        recorded += self._record_effects(tx, [each for each in carried if each.held.name in ours], now)
        recorded += [(each, Lost.WHILE_BUSY) for each in (*considered, *carried) if each.held.name not in ours]
        relationships.let_go(tx, ours)
        return recorded

    def _record_effects(self, tx: Transaction, carried: Sequence[Carried], now: datetime) -> list[Recorded]:
        together = bool(carried) and _settled(tx, carried)
        for each in carried:
            if deliver.decide_again(each):
                often = self._decisions[each.held.name] >= OFTEN
                relationships.wake(tx, [each.held.name], now + A_MINUTE if often else now)
        return [(each, together or _settled(tx, [each]) or Lost.WHILE_BUSY) for each in carried]

    def _count(self, recorded: Recorded) -> None:
        """Say and count what is recorded now, and no earlier: the log never knows more than the store."""
        each, outcome = recorded
        if isinstance(each, Asked):
            self._asking -= 1
            self._tally["changed"] += outcome is True
            return
        held = each.held
        if outcome is Lost.WHILE_BUSY:
            log.logger().warning("claim lost", relationship=held.name)
        if isinstance(each, Carried):
            self._tally["delivered"] += 1
            deliver.say(each, lost=outcome is Lost.WHILE_BUSY)
        elif outcome is not Lost.WHILE_BUSY:
            self._tally["set aside"] += outcome is False
            self._tally["decided"] += outcome is not False
            self._decisions[held.name] += 1
            if outcome:
                consider.say(each)


def _settled(tx: Transaction, carried: Sequence[Carried]) -> bool:
    """Record these together or none of them; of one alone nothing is recorded before that it is ``Stale``."""
    try:
        with nested(tx) if len(carried) > 1 else nullcontext():
            deliver.settle(tx, carried)
    except Stale:
        return False
    return True


def _safely(step: Callable[..., object], *arguments: object) -> object:
    """Give what a step gives, or the exception that it ended in: threads have nobody to raise it to."""
    try:
        return step(*arguments)
    except Exception as error:  # noqa: BLE001  raised again where the sweep ends
        return error
