"""Files of a deployment that hold passwords and tokens, and whether others on the machine can read them."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

ENDING = "_file"
"""How keys of connectors end that name a file with a secret."""

FOR_OTHERS = "others on this machine can read this file"
ADVICE = "take it from them with “chmod 600”"


def named(connector: BaseModel) -> Iterator[tuple[str, str]]:
    """Give each key of a connector's settings that names such a file, with the name."""
    for key in type(connector).model_fields:
        name = getattr(connector, key)
        if key.endswith(ENDING) and isinstance(name, str):
            yield key, name


def readable_by_others(path: Path) -> bool:
    """Whether somebody who is neither its owner nor in its group can read it; not where it cannot be looked at."""
    try:
        return bool(path.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False
