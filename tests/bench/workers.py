"""Effects a second with 1, 2 and 4 worker processes, and how late a call comes: ``python -m tests.bench.workers``.

PostgreSQL, real worker processes, calendars and mail that take 40 ms a call and record what reached them. Every pair
is new: its meeting is decided, two calendars are written and four mails sent. Once all is quiet, pairs become due one
after the other, and the delay from due to call is taken.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.daemon.fleet import Fleet, fleet
from tests.daemon.worker import Terms
from tests.store import postgresql

LATENCY = 0.04
EFFECTS = {"create", "mail"}
EACH = 6
"""Effects of one new pair."""


@dataclass(frozen=True)
class Result:
    """One run: ``late_*`` are seconds from due to call."""

    workers: int
    effects: int
    effects_per_second: float
    late_median: float
    late_p99: float
    late_most: float
    twice: int


def measure(server: postgresql.Server, workers: int, pairs: int, due: int, spread: float) -> Result:
    terms = Terms(latency=LATENCY)
    with (
        tempfile.TemporaryDirectory() as folder,
        server.database() as url,
        fleet(Path(folder), url, pairs=pairs, terms=terms) as made,
    ):
        made.start(workers)
        made.until(made.settled, 600)
        assert made.query("SELECT count(*) FROM intents") == [(pairs * EACH,)], made.said()[-3000:]
        rate = throughput(made)
        late = delays(made, min(due, pairs), spread)
        made.stop()
        events = sum(count - 1 for count in made.world.events().values())
        mails = sum(count - 1 for count in made.world.effects("mail").values())
    return Result(
        workers=workers,
        effects=pairs * EACH,
        effects_per_second=round(rate, 1),
        late_median=round(statistics.median(late), 3),
        late_p99=round(statistics.quantiles(late, n=100, method="inclusive")[98], 3),
        late_most=round(max(late), 3),
        twice=events + mails,
    )


def throughput(made: Fleet) -> float:
    """Effects a second from the first call until nine in ten were done: the end has too little left to share."""
    calls = made.world.calls()
    moments = [call.at for call in calls if call.kind in EFFECTS]
    most = moments[: len(moments) * 9 // 10]
    return len(most) / (most[-1] - calls[0].at)


def delays(made: Fleet, count: int, spread: float) -> list[float]:
    """Let pairs become due, evenly spread over some seconds; give how long after that somebody was called for each."""
    begin = time.time() + 2.0
    moments = {n: begin + spread * n / count for n in range(count)}
    for n, moment in moments.items():
        wake = "UPDATE relationships SET wake_at = :moment WHERE id = :pair"
        made.query(wake, moment=int(moment * 1_000_000), pair=f"pair-{n}")
    made.until(lambda: time.time() > begin + spread + 3 and made.settled(), 300)
    calls = [call for call in made.world.calls() if call.kind == "read"]
    return [
        min(call.at for call in calls if call.at > moment and call.who == f"mentor-{n}@northwind.example")
        - moment - LATENCY / 2
        for n, moment in moments.items()
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=150)
    parser.add_argument("--due", type=int, default=150, help="pairs that become due one after the other")
    parser.add_argument("--spread", type=float, default=30.0, help="seconds over which they do")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    programs = postgresql.binaries()
    if programs is None:
        raise SystemExit(postgresql.HOW)
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {wanted.pairs} pairs, {LATENCY * 1000:.0f} ms a call"
    )
    print("workers  effects/s  due to call: median    p99    most  twice")
    results = []
    with postgresql.server(programs) as server:
        for workers in wanted.workers:
            result = measure(server, workers, wanted.pairs, wanted.due, wanted.spread)
            results.append(result)
            late = f"{result.late_median:19.3f} {result.late_p99:6.3f}  {result.late_most:6.3f}"
            print(f"{workers:7}  {result.effects_per_second:9.1f}  {late}  {result.twice:5}", flush=True)
    if wanted.json:
        wanted.json.write_text(json.dumps([asdict(result) for result in results], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
