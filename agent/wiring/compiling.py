"""The process that reads a large people.yaml: ``python -m agent.wiring.compiling HOME FILE``, then its memory is gone.

On standard output it says, one JSON value a line, which share of the work is done, and at last every problem.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from agent.clock import SystemClock
from agent.settings.errors import Problem, SettingsError
from agent.settings.found import Found
from agent.settings.load import Settings, load
from agent.settings.progress import Passed, silent, told, within
from agent.settings.roster import BONDS, KINDS, members
from agent.store import roster_file
from agent.store.roster_file import Row
from agent.wiring import connector_models
from agent.wiring.roster import facts

LOADING = 0.6
"""Share of the time until everything is read and found right; the rest is finding out everybody's terms."""


def main(home: Path, target: Path) -> int:
    """Read and check the files of a deployment, and write the roster or say what is wrong. Gives the exit code."""
    for ignored in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)  # meant for the parent, which ends this
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # nobody listens any more
    problems: tuple[Problem, ...] = ()
    try:
        made_from, settings = _load(home)
    except SettingsError as error:
        problems = error.problems
    else:
        found = {**made_from, "policy": settings.policy_said, "digest": settings.people.roster.digest}
        roster_file.write(target, _rows(settings, within(_say, LOADING, 1)), found)
    print(json.dumps([asdict(problem) for problem in problems]), flush=True)
    return 0


def _load(home: Path) -> tuple[dict[str, str], Settings]:
    """Read files that nobody has changed meanwhile, with what they are known by."""
    while True:
        before = facts(home)
        settings = load(home, connector_models(), passed=within(_say, 0, LOADING))
        if before == facts(home):
            return before, settings


def _rows(settings: Settings, passed: Passed) -> Iterator[Row]:
    roster, everybody = settings.people.roster, Found(settings, SystemClock().now().year)
    for kind in KINDS:
        bond = kind in BONDS
        for kept in told(roster.entries(kind), roster.count(kind), passed if bond else silent):
            data = kept.data
            terms = everybody.terms[data["id"]] if bond else None
            yield Row(kind, kept.index, data["id"], kept.text, kept.marks, members(data) if bond else (), terms)


def _say(share: float) -> None:
    print(f"{share:.4f}", flush=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
