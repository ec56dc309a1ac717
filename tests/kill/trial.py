"""One trial from an empty database to its verdict."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from statistics import median
from typing import Any

from tests.kill.campaign import Campaign
from tests.kill.place import place
from tests.kill.process import commands, forks, mixed
from tests.kill.verdict import judge
from tests.store import postgresql

STARTS = {"command": commands, "fork": forks, "mixed": mixed}


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Give the address of a new database."""
    if kind == "sqlite":
        yield "sqlite:///attune.db"
        return
    programs = postgresql.binaries()
    if programs is None:
        raise SystemExit(postgresql.HOW)
    with postgresql.server(programs) as server, server.database() as url:
        yield url


def trial(kind: str, kills: int, seed: int, start: str, seconds: float = inf) -> dict[str, Any]:
    """Kill so often, let it finish, judge; gives the figures and what was wrong."""
    began = time.monotonic()
    with database(kind) as url, STARTS[start]() as starting, place(url, seed) as where:
        run = Campaign(where, starting)
        try:
            run.run(kills, seconds)
            took = time.monotonic() - began
            verdict = judge(where, run.store, run.tally, run.finish())
        finally:
            run.close()
    tally = run.tally
    return {
        "store": kind,
        "seed": seed,
        "start": start,
        "kills": tally.kills,
        "kills inside an effect": tally.inside,
        "kills inside a send": tally.inside_send,
        "lives that ended by themselves": tally.ended,
        "acts of people": sum(tally.acts.values()),
        "effects that reached the servers": len(where.recorder.calls),
        "events twice": len(verdict.events_twice),
        "events lost": len(verdict.events_lost),
        "mails lost": len(verdict.mails_lost),
        "mails again without a kill in them": len(verdict.mails_twice_unexcused),
        "stuck": len(verdict.stuck),
        "effects without their line in the journal": len(verdict.untold),
        **verdict.figures,
        "seconds to the first effect, median": round(median(tally.first), 2) if tally.first else None,
        "seconds": round(took),
        "anew": verdict.anew,
        "wrong": verdict.wrong,
    }
