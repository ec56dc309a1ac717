"""``python -m tests.kill --kills 1000 --store sqlite``: kill -9 at a daemon's worst moments, and what came of it."""

from __future__ import annotations

import argparse
import json
import sys
from math import inf
from pathlib import Path

from tests.kill.trial import STARTS, trial


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", choices=sorted(STARTS), default="mixed", help="how each life begins")
    parser.add_argument("--minutes", type=float, default=inf, help="stop killing after so long, and judge")
    parser.add_argument("--json", help="a file to write the figures to")
    asked = parser.parse_args()
    found = trial(asked.store, asked.kills, asked.seed, asked.start, 60 * asked.minutes)
    for name, value in found.items():
        if name not in {"anew", "wrong"}:
            print(f"{name:<45} {value}")
    for name, lines in (("anew", found["anew"]), *found["wrong"].items()):
        print(f"{name}:", *lines[:10], sep="\n  ")
    if asked.json:
        Path(asked.json).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
