"""Has a world judged from outside: by another process, which knows nothing of the programme's own code."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from agent.simulation.world import World

OUTSIDE = Path(__file__).parent / "outside"


class JudgeFailed(Exception):
    """The judge came to no verdict."""


def judge(world: World, until: datetime, search: list[Path]) -> dict[str, Any]:
    """Give the verdict on a running world, as ``agent.simulation.outside.report`` words it.

    ``search`` are more files and folders to look for private texts in, beside the deployment's own.
    """
    manifest, report = world.folder / "manifest.json", world.folder / "report.json"
    manifest.write_text(json.dumps(world.manifest(until, search), indent=2), encoding="utf-8")
    command = [sys.executable, str(OUTSIDE), str(manifest), str(report)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1} or done.stderr:
        raise JudgeFailed(f"the check from outside did not finish: {done.stderr.strip()[-2000:]}")
    verdict: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return verdict
