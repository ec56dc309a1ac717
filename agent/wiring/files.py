"""Whether the files of a deployment have changed since they were read."""

from __future__ import annotations

from datetime import datetime
from os import stat_result
from pathlib import Path


def fingerprint(home: Path, now: datetime) -> tuple[object, ...]:
    """What changes when the three files do, or with the year, since public holidays are known year by year."""
    files = (home / name for name in ("attune.yaml", "policy.yaml", "people.yaml"))
    return (now.year, *((s.st_mtime_ns, s.st_size) if (s := _stat(file)) else None for file in files))


def _stat(file: Path) -> stat_result | None:
    try:
        return file.stat()
    except OSError:
        return None
