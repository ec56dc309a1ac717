"""Compare the search with the oracle over a great many random weeks: ``python -m tests.proof --weeks 100000 --seed 1``.

A difference is printed with its number; ``--only NUMBER`` with the same seed shows that week by itself. The exit code
is 1 where there is any.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from itertools import islice
from multiprocessing import Pool

from tests.verdict import differences
from tests.weeks import BLOCK, Week

Judged = tuple[int, int, list[str]]
"""Number of a world, how many people's weeks it was, and what differs."""


def judge(seed: int, number: int) -> Judged:
    """One world of two people or three."""
    world = Week(seed, number).world()
    return number, len(world.relationship.people), differences(world)


def _block(block: tuple[int, int]) -> list[Judged]:
    seed, first = block
    return [judge(seed, number) for number in range(first, first + BLOCK)]


def judged(seed: int, jobs: int) -> Iterator[Judged]:
    """World after world without end, whole blocks to each process."""
    blocks = ((seed, first) for first in range(0, sys.maxsize, BLOCK))
    if jobs == 1:
        for block in blocks:
            yield from _block(block)
    with Pool(jobs) as pool:
        while True:
            for found in pool.imap(_block, islice(blocks, 8 * jobs)):
                yield from found


def main() -> int:
    """Print progress, each difference and the sum."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--weeks", type=int, default=1000, help="person-weeks at least")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--jobs", type=int, default=1)
    asked.add_argument("--only", type=int, help="number of one world to show")
    options = asked.parse_args()
    if options.only is not None:
        print(Week(options.seed, options.only).world())
        print(*judge(options.seed, options.only)[2], sep="\n")
        return 0
    began, weeks, wrong, said = time.perf_counter(), 0, 0, 0
    for number, people, found in judged(options.seed, options.jobs):
        weeks += people
        wrong += bool(found)
        if found:
            print(f"--seed {options.seed} --only {number}: {found[0]} ({len(found)} in all)", flush=True)
        if weeks - said >= 1000:
            said = weeks
            print(f"{weeks} person-weeks, {wrong} differences, {time.perf_counter() - began:.0f} s", flush=True)
        if weeks >= options.weeks:
            break
    print(f"{weeks} person-weeks, {wrong} differences, {time.perf_counter() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
