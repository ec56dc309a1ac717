"""Kills the daemon again and again, mostly while an effect is under way, and then lets it finish in peace."""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median

import sqlalchemy as sa

from agent.store import schema
from agent.store.engine import Store, open_store
from agent.store.intents import DOING, PENDING, UNKNOWN
from tests.kill.place import QUIET, Place
from tests.kill.process import Process, Start
from tests.kill.servers import SLOW

AIMED = 0.8
"""The share of kills that wait for an effect to begin."""
AT_ONCE = 6
"""Effects of one life to choose from: any of the first few may be the last."""
ATTEMPTS = 6
"""How often to look for somebody with a meeting to change, before each life."""
ENOUGH = 40
"""Lives in a row that end by themselves: something else is wrong. A few do, until PostgreSQL has missed the dead."""
PEACE = 300.0
"""Seconds that a daemon nobody kills may take to finish everything."""


@dataclass
class Tally:
    """What was done to the daemon: kills, how many of them inside an effect or a send, and lives that just ended."""

    kills: int = 0
    inside: int = 0
    inside_send: int = 0
    ended: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    begun: Counter[str] = field(default_factory=Counter)
    """How often each intent was begun and not recorded when the daemon was killed, by key."""
    first: list[float] = field(default_factory=list)
    """Seconds from the start of a life to its first effect."""


@dataclass
class Campaign:
    """Many short lives, and a long one at the end."""

    place: Place
    start: Start
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self.store: Store = open_store(self.place.store)
        self.store.upgrade()
        self._in_a_row = 0

    def run(self, kills: int, seconds: float) -> None:
        """Kill it so often, or as often as there is time for. What people do, they do between two lives."""
        until = time.monotonic() + seconds
        while self.tally.kills < kills and time.monotonic() < until:
            self._act()
            self._one_life()
            if self.tally.kills % 50 == 0:
                print(f"{self.tally.kills} kills, {self.tally.inside} inside", file=sys.stderr, flush=True)

    def _act(self) -> None:
        """Let people do what comes to them, up to the first act that the daemon has to do something about."""
        for _ in range(ATTEMPTS):
            if what := self.place.act():
                self.tally.acts[what] += 1
                if what not in QUIET:
                    return

    def _one_life(self) -> None:
        before, tally, chance = len(self.place.recorder.calls), self.tally, self.place.chance
        process = self.start(self.place.home)
        if chance.random() < AIMED:
            self._wait_for_an_effect(process, before)
            time.sleep(chance.uniform(0, 2 * SLOW))
        else:
            time.sleep(chance.uniform(0, 2 * self._patience()))
        moment = process.kill()
        if moment is None:
            tally.ended += 1
            self._in_a_row += 1
            if self._in_a_row >= ENOUGH:
                raise RuntimeError(f"no daemon lives any more: {self._last_words()}")
            time.sleep(0.1)
            return
        self._in_a_row = 0
        tally.kills += 1
        found = self.place.recorder.under_way(moment)
        tally.inside += bool(found)
        tally.inside_send += any(call.what == "MAIL" for call in found)
        tally.begun.update(self._begun())

    def _last_words(self) -> str:
        return "".join((self.place.home.parent / "log").read_text(encoding="utf-8").splitlines()[-1:])

    def _wait_for_an_effect(self, process: Process, before: int) -> None:
        recorder, wanted = self.place.recorder, self.place.chance.randint(1, AT_ONCE)
        if not recorder.wait_for(before + 1, patience := 3 * self._patience()):
            self.tally.first.append(patience)  # on a machine with other work it may take longer from now on
            return
        self.tally.first.append(recorder.calls[before].began - process.began)
        recorder.wait_for(before + wanted, 3 * SLOW * wanted)

    def _patience(self) -> float:
        """About how long it takes to the first effect, on this machine."""
        return median(self.tally.first[-20:]) if self.tally.first else 5.0

    def _begun(self) -> list[str]:
        with self.store.look() as tx:
            return list(tx.scalars(sa.select(schema.intents.c.key).where(schema.intents.c.status == DOING)))

    def finish(self) -> str | None:
        """Let it run until nothing is left to do; what is left when its time is up, if anything."""
        deadline = time.monotonic() + PEACE
        process = self.start(self.place.home)
        left: str | None = "nothing was looked at"
        quiet = 0
        while quiet < 3 and time.monotonic() < deadline:
            time.sleep(1)
            if process.ended():
                process = self.start(self.place.home)
            left = self._left()
            quiet = 0 if left else quiet + 1
        return left or (f"exit code {code}" if (code := process.stop()) else None)

    def _left(self) -> str | None:
        """What is to be done now: nothing, where a daemon has finished."""
        now = datetime.now(UTC)
        intents, relationships, calendars = schema.intents.c, schema.relationships.c, schema.calendars.c
        soon = sa.or_(intents.not_before <= now, intents.attempts > 0)
        due = sa.or_(intents.status.in_({DOING, UNKNOWN}), sa.and_(intents.status == PENDING, soon))
        held = sa.or_(relationships.lease_until.is_not(None), relationships.wake_at <= now)
        with self.store.look() as tx:
            found = {
                "intents": tx.scalar(sa.select(sa.func.count()).where(due)),
                "relationships": tx.scalar(sa.select(sa.func.count()).where(held)),
                "calendars": tx.scalar(sa.select(sa.func.count()).where(calendars.ask_at <= now)),
            }
        return ", ".join(f"{count} {what}" for what, count in found.items() if count) or None

    def close(self) -> None:
        self.store.close()
