"""Reads a manifest, judges, writes the report; ends with 1 where something is not as promised."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from .evidence import gather
from .report import report


def main(arguments: Sequence[str]) -> int:
    """Take the paths of manifest and report; give the exit code."""
    manifest, target = map(Path, arguments)
    found = report(gather(json.loads(manifest.read_text(encoding="utf-8"))))
    target.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0 if found["as_promised"] else 1
