"""Make one mistake after another in a copy of the tree, and see whether the tests notice."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from multiprocessing.pool import ThreadPool
from pathlib import Path
from queue import Queue

from tests.mutation import (
    of_claims,
    of_effects,
    of_keys,
    of_limits,
    of_loop,
    of_prices,
    of_rules,
    of_search,
    of_time,
    of_watchers,
)
from tests.mutation.mutant import Mutant

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("agent", "connectors", "templates", "config", "tests", "pyproject.toml")
LISTS: dict[str, tuple[Mutant, ...]] = {
    "time": of_time.MUTANTS,
    "rules": of_rules.MUTANTS,
    "search": of_search.MUTANTS,
    "prices": of_prices.MUTANTS,
    "watchers": of_watchers.MUTANTS,
    "loop": of_loop.MUTANTS,
    "claims": of_claims.MUTANTS,
    "limits": of_limits.MUTANTS,
    "keys": of_keys.MUTANTS,
    "effects": of_effects.MUTANTS,
}
MUTANTS: tuple[Mutant, ...] = tuple(mutant for each in LISTS.values() for mutant in each)
NOTICED, QUIET, NONE = 1, 0, 5
"""Exit codes of pytest: tests failed, all passed, or there are none of that kind."""

LONGEST = 120
"""Seconds that one test may take: a mistake by which it never ends is noticed then."""


def source(tree: Path, mutant: Mutant) -> Path:
    """The file that a mutant changes."""
    return tree / mutant.path


def mutated(text: str, mutant: Mutant) -> str:
    """A module's text with the mistake in it; a mutant that no longer fits the text is an error."""
    if text.count(mutant.old) != 1:
        raise ValueError(f"{mutant.name}: its old text is {text.count(mutant.old)} times in {mutant.module}")
    return text.replace(mutant.old, mutant.new)


@contextmanager
def copy_of(root: Path) -> Iterator[Path]:
    """As much of the tree as the tests need, somewhere else and for a while."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = Path(folder)
        for name in COPIED:
            if (root / name).is_dir():
                shutil.copytree(root / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
            else:
                shutil.copy(root / name, tree / name)
        yield tree


def caught_by(mutant: Mutant, tree: Path) -> str | None:
    """The first test that fails in this copy with the mistake in it, if any; the copy is as before afterwards."""
    file = source(tree, mutant)
    plain = file.read_text(encoding="utf-8")
    file.write_text(mutated(plain, mutant), encoding="utf-8")
    try:
        found = (_failing(mutant.test_paths, tree, marked) for marked in ("not hypothesis", "hypothesis"))
        return next((test for test in found if test is not None), None)
    finally:
        file.write_text(plain, encoding="utf-8")


def _failing(tests: Iterable[str], tree: Path, marked: str) -> str | None:
    """The first of the tests of a kind that does: plain ones are asked first, which take no time to speak of."""
    options = ("-q", "-x", "-p", "no:randomly", "-p", "no:cacheprovider", "--hypothesis-profile=hasty", "-m", marked)
    done = subprocess.run(
        (sys.executable, "-m", "pytest", *options, f"--timeout={LONGEST}", *tests),
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {NOTICED, QUIET, NONE}:
        raise RuntimeError(f"{tests} could not be run: {done.stdout[-1000:]}{done.stderr[-1000:]}")
    return _named(done.stdout) if done.returncode == NOTICED else None


def _named(said: str) -> str:
    """The test that pytest says has failed, or whose end has."""
    lines = (line.split(" ", 1) for line in said.splitlines() if line.startswith(("FAILED ", "ERROR ")))
    return next((rest.split(" - ")[0] for _, rest in lines), "a test that has no name")


def judged(mutants: Iterable[Mutant], jobs: int) -> Iterator[tuple[Mutant, str | None]]:
    """Each mutant with the test that caught it, as soon as that is known; every job has a copy of its own."""
    trees: Queue[Path] = Queue()

    def judge(mutant: Mutant) -> tuple[Mutant, str | None]:
        tree = trees.get()
        try:
            return mutant, caught_by(mutant, tree)
        finally:
            trees.put(tree)

    with copy_of(ROOT) as first:
        trees.put(first)
        with _more_copies(first, jobs - 1) as more, ThreadPool(jobs) as pool:
            for tree in more:
                trees.put(tree)
            yield from pool.imap_unordered(judge, mutants)


@contextmanager
def _more_copies(tree: Path, count: int) -> Iterator[list[Path]]:
    if count == 0:
        yield []
        return
    with copy_of(tree) as copy, _more_copies(tree, count - 1) as more:
        yield [copy, *more]
