"""``python -m tests.kill --kills 1000 --store sqlite``: kill -9 at a daemon's worst moments, and what came of it."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from tests.kill.campaign import Campaign
from tests.kill.place import place
from tests.kill.process import commands, forks
from tests.kill.verdict import judge
from tests.store import postgresql

KEPT = {"command": commands, "fork": forks}


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


def campaign(kind: str, kills: int, seed: int, start: str) -> dict[str, Any]:
    """Kill so often, let it finish, judge; gives the figures and what was wrong."""
    began = time.monotonic()
    with database(kind) as url, KEPT[start]() as starting, place(url, seed) as where:
        run = Campaign(where, starting)
        try:
            run.run(kills)
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
        "wrong": verdict.wrong,
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", choices=sorted(KEPT), default="command", help="how each life begins")
    parser.add_argument("--json", help="a file to write the figures to")
    asked = parser.parse_args()
    found = campaign(asked.store, asked.kills, asked.seed, asked.start)
    for name, value in found.items():
        if name != "wrong":
            print(f"{name:<45} {value}")
    for name, lines in found["wrong"].items():
        print(f"{name}:", *lines[:10], sep="\n  ")
    if asked.json:
        Path(asked.json).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
