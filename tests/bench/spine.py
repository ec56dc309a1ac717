"""Measures the loop and its store on SQLite: ``python -m tests.bench.spine``.

What decides and what calls anybody costs nothing here; what is left is claiming, recording and committing. The times
that count are those of a clock on the wall, since much of it waits for the disk, on a machine without other work.
``TMPDIR`` says on which disk.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from agent import log
from tests.bench import spine_tasks
from tests.bench.spine_tasks import QUICK, Figure, Sizes

TASKS = {
    task.__name__: task
    for task in (
        spine_tasks.commit, spine_tasks.process, spine_tasks.idle, spine_tasks.due, spine_tasks.effects,
        spine_tasks.year,
    )
}  # fmt: skip


def measure(names: Sequence[str], sizes: Sizes, folder: Path) -> Iterator[Figure]:
    """Do one task after another, each in a folder of its own."""
    for name in names:
        (folder / name).mkdir()
        yield from TASKS[name](sizes, folder / name)


def show(console: Console, found: Sequence[Figure]) -> None:
    """Print the table."""
    table = Table("what", "unit")
    for name in ("measured", "wanted", "", "processor alone"):
        table.add_column(name, justify="right")
    for each in found:
        wanted = "" if each.wanted is None else f"{'≥' if each.at_least else '≤'} {each.wanted:g}"
        word = {True: "kept", False: "NOT KEPT", None: ""}[each.kept]
        busy = "" if each.busy is None else f"{each.busy:,.4g}"
        table.add_row(each.what, each.unit, f"{each.measured:,.4g}", wanted, word, busy)
    console.print(table)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, telling each figure as it is there, and print all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="measure a little of everything")
    parser.add_argument("--only", choices=TASKS, action="append", help="measure this only; may be given several times")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    options = parser.parse_args(arguments)
    found: list[Figure] = []
    folder = tempfile.TemporaryDirectory(prefix="attune-spine-")
    with folder as name, Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        log.configure(stream=nowhere)
        for figure in measure(options.only or list(TASKS), QUICK if options.quick else Sizes(), Path(name)):
            found.append(figure)
            print(f"{figure.what}: {figure.measured:,.4g} {figure.unit}", file=sys.stderr, flush=True)
    show(Console(width=110), found)
    if options.json:
        options.json.write_text(json.dumps([asdict(each) | {"kept": each.kept} for each in found], indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
