"""``python -m tests.mutation [LIST …]``: every seeded mistake, and which test caught it.

The exit code is 1 where one was not caught.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.mutation.run import LISTS, judged


def main() -> int:
    """Name what was caught by what, and count."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("lists", nargs="*", metavar="LIST", help=", ".join(LISTS))
    asked.add_argument("--jobs", type=int, default=2)
    options = asked.parse_args()
    if unknown := set(options.lists) - LISTS.keys():
        asked.error(f"no list {', '.join(sorted(unknown))}; there are {', '.join(LISTS)}")
    mutants = [mutant for name in options.lists or LISTS for mutant in LISTS[name]]
    began, caught = time.perf_counter(), 0
    for mutant, test in judged(mutants, options.jobs):
        caught += test is not None
        print(f"{'caught' if test else 'NOT CAUGHT'}: {mutant.name} ({mutant.module}) by {test}", flush=True)
    print(f"{caught}/{len(mutants)} caught, {time.perf_counter() - began:.0f} s")
    return 0 if caught == len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main())
