"""``python -m tests.mutation``: every seeded mistake, and whether it was caught.

The exit code is 1 where one was not.
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.mutation.run import MUTANTS, judged


def main() -> int:
    """Name what was not caught, and count."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--jobs", type=int, default=2)
    options = asked.parse_args()
    began, caught = time.perf_counter(), 0
    for mutant, noticed in judged(MUTANTS, options.jobs):
        caught += noticed
        print(f"{'caught' if noticed else 'NOT CAUGHT'}: {mutant.name} ({mutant.module})", flush=True)
    print(f"{caught}/{len(MUTANTS)} caught, {time.perf_counter() - began:.0f} s")
    return 0 if caught == len(MUTANTS) else 1


if __name__ == "__main__":
    sys.exit(main())
