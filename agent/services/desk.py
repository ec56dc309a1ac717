"""Hands out what is due and has what came of it written down: one thread does all the writing, others do what is slow.

    claim ──► lanes: ask a calendar | decide | carry out ──► record, and claim the next, in one transaction

What has finished meanwhile is recorded together, so that many commits become one. Decisions are made before effects are
carried out, and calendars asked beside them; no more effects are begun than will be at work in a moment, since one that
was begun and not recorded counts as lost after a crash.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from agent import log
from agent.clock import Leaps
from agent.services import consider, deliver, notice
from agent.services.consider import Considered
from agent.services.deliver import Carried
from agent.services.keep_health import Note, keep_health
from agent.services.lanes import Lanes
from agent.services.line_up import line_up
from agent.services.notice import Asked
from agent.services.observe import Observer
from agent.services.part import Part, Swept
from agent.services.programme import Programme
from agent.services.write_down import Became, Recorded, write_down
from agent.store import agenda, calendars, claims, relationships
from agent.store.claims import Claimed, Due, Queue
from agent.store.engine import Transaction
from agent.store.errors import StoreContended, StoreUnavailable
from agent.store.relationships import Held

LEASE = timedelta(minutes=2)
"""How long a claim lasts: more than three times the longest wait for a provider's answer."""

MANY = 100
"""Calendars asked, or decisions made, of one claim."""

OFTEN = 12
"""After so many decisions about one relationship in one sweep, it waits a while."""

A_MOMENT, AT_MOST = 0.004, 32
"""Seconds within which a lane has to get to an effect that is begun before one is free for it; so many a lane."""

GLANCE = 5.0
"""Seconds after which to look up from waiting, to prolong what is held."""


PAUSES = (0.05, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds to wait for the store before the next attempt to record what was carried out; together half a lease."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What was claimed in one transaction: calendars to ask, relationships to decide, effects to carry out."""

    asks: Sequence[tuple[str, int]] = ()
    decisions: Sequence[Held] = ()
    effects: Sequence[tuple[Held, Claimed]] = ()


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
    _leaps: Leaps = field(init=False)
    _leapt: bool = False

    def __post_init__(self) -> None:
        self._leaps = Leaps(self.programme.clock)

    def work(self) -> Swept:
        """Go on until nothing is due, or until it is time to stop. Raises ``StoreError``."""
        while self._turn(list(self.lanes.finished(GLANCE))) or self.lanes.busy:
            continue
        if self._trouble is not None:
            raise self._trouble
        tally = self._tally
        return Swept(tally["changed"], tally["decided"], tally["delivered"], tally["set aside"])

    def _turn(self, done: Sequence[object]) -> bool:
        """Record what has finished and begin what comes next; whether anything was begun.

        Nothing is changed here before it is so in the store: a transaction that fails can be made again.
        """
        self._trouble = next((each for each in done if isinstance(each, Exception)), self._trouble)
        for each in done:
            if isinstance(each, Considered | Carried):
                self._held.pop(each.held.name, None)
                self._claimed.pop(each.held.name, None)
        self._leapt = self._leapt or bool(self._leaps.since())
        now = self.programme.clock.now()
        notes = list(self._notes)
        recorded, begun = self._patiently(done, notes, now)
        for _ in notes:
            self._notes.popleft()
        for each in recorded:
            self._count(each)
        return self._begin(begun, now)

    def _patiently(self, done: Sequence[object], notes: Sequence[Note], now: datetime) -> tuple[list[Recorded], Begun]:
        """Where something was carried out, give the store time to come back: what is not recorded is done twice.

        What only got in another worker's way is tried again in any case.
        """
        carried = any(isinstance(each, Carried) for each in done)
        for pause in PAUSES:
            try:
                return self._commit(done, notes, now)
            except StoreUnavailable as error:
                if not carried and not isinstance(error, StoreContended):
                    raise
                log.logger().warning("not recorded yet", why=str(error))
                self.programme.clock.sleep(pause)
        return self._commit(done, notes, now)

    def _commit(self, done: Sequence[object], notes: Sequence[Note], now: datetime) -> tuple[list[Recorded], Begun]:
        renewing = self._renewed is None or not self._renewed <= now < self._renewed + LEASE / 4
        with self.programme.store.begin() as tx:
            line_up(tx, self.programme, done, notes, self._held if renewing else ())
            keep_health(tx, notes, now)
            hot = {name for name, count in self._decisions.items() if count >= OFTEN}
            recorded = write_down(tx, self.programme, done, now, hot)
            if renewing:
                self._renew(tx, now)
            begun = self._claim(tx, now)
        self._renewed = now if renewing else self._renewed
        return recorded, begun

    # Beginning

    def _claim(self, tx: Transaction, now: datetime) -> Begun:
        """Claim what is due, where there is room for it: decisions before effects, and asking beside them.

        Nothing more where the clock was set meanwhile: whoever asked for the sweep looks at that first.
        """
        late = self.part.until is not None and now >= self.part.until
        if self.lanes.idle <= 0 or late or self._trouble or self._leapt or self.programme.stopping():
            return Begun()
        due = agenda.read(tx, self.part.shards)
        asks = self._asks(tx, now) if due.asking(now) else []
        if asks and self.lanes.count == 1:
            return Begun(asks)
        if due.deciding(now) and (held := relationships.claim(tx, now, LEASE, MANY, self.part.shards)):
            return Begun(asks, held)
        return Begun(asks, effects=self._effects(tx, now, due.carrying(now), len(asks)))

    def _asks(self, tx: Transaction, now: datetime) -> list[tuple[str, int]]:
        """Ask in half of the lanes at the most, so that slow calendars keep nobody else waiting."""
        asking = self.lanes.busy - len(self._held)
        room = MANY if self.lanes.count == 1 else min(self.lanes.idle, self.lanes.count // 2 - asking)
        again = now + self.programme.deployment.sweep
        return calendars.claim(tx, now, again, room, self.part.shards) if room > 0 else []

    def _effects(
        self, tx: Transaction, now: datetime, queues: Sequence[Queue], taken: int
    ) -> list[tuple[Held, Claimed]]:
        """Begin as many as the lanes get to in a moment; one relationship has one at a time, however many are due.

        Mails, and what was begun before and may have happened, wait for a free lane: none is to be lost for nothing.
        """
        begun: list[tuple[Held, Claimed]] = []
        idle, room = self.lanes.idle - taken, self.lanes.within(A_MOMENT, AT_MOST) - taken
        while len(begun) < room:
            found = claims.due(tx, now, room - len(begun), self.part.shards, queues)
            free = max(idle - len(begun), 0)
            due = {each.intent.relationship: each for each in (*found[:free], *filter(Due.can_queue, found[free:]))}
            held = relationships.hold(tx, due, now, LEASE) if due else []
            if not held:
                break
            begun += zip(held, claims.claim(tx, [due[each.name] for each in held], now, LEASE), strict=True)
        return begun

    def _begin(self, begun: Begun, now: datetime) -> bool:
        """Hand out what is claimed now; whether there was anything."""
        programme = self.programme
        taken = (*begun.decisions, *(held for held, _ in begun.effects))
        for each in taken:
            if each.overtaken:
                log.logger().warning("lease ran out", relationship=each.name)
        self._held.update((each.name, each) for each in taken)
        self._claimed.update((held.name, claimed) for held, claimed in begun.effects)
        jobs = [partial(_safely, notice.ask, programme, person, position, now) for person, position in begun.asks]
        if begun.decisions:
            observer = Observer(programme, now, notes=self._notes, waits=True)
            jobs += [partial(_safely, consider.consider, programme, observer, held, now) for held in begun.decisions]
        jobs += [partial(_safely, deliver.carry_out, programme, held, claimed, now) for held, claimed in begun.effects]
        for job in jobs:
            self.lanes.submit(job)
        return bool(jobs)

    def _renew(self, tx: Transaction, now: datetime) -> None:
        """Hold what is being worked on for longer, before anybody could take it over."""
        relationships.renew(tx, self._held.values(), now + LEASE)
        claims.renew(tx, self._claimed.values(), now + LEASE)

    def _count(self, recorded: Recorded) -> None:
        """Say and count what is recorded now, and no earlier: the log never knows more than the store."""
        each, became = recorded
        if isinstance(each, Asked):
            self._tally["changed"] += became is Became.RECORDED
            return
        if became is Became.LOST:
            log.logger().warning("claim lost", relationship=each.held.name)
        if isinstance(each, Carried):
            self._tally["delivered"] += 1
            deliver.say(each, lost=became is Became.LOST)
        elif became is not Became.LOST:
            self._tally["set aside" if became is Became.SET_ASIDE else "decided"] += 1
            self._decisions[each.held.name] += 1
            if became is not Became.SET_ASIDE:
                consider.say(each, recorded=became is Became.RECORDED)


def _safely(step: Callable[..., object], *arguments: object) -> object:
    """Give what a step gives, or the exception that it ended in: threads have nobody to raise it to."""
    try:
        return step(*arguments)
    except Exception as error:  # noqa: BLE001  raised again where the sweep ends
        return error
