"""What a message may never repeat: the private names of boundaries, and secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from agent.settings.mistakes import nearest

PRIVATE_KEYS = ("label", "password", "client_secret")
BOUNDARY_KEYS = frozenset({"label", "days", "from", "to", "dates", "weeks", "rrule", "since", "strength", "points"})


def private_values(data: object) -> frozenset[str]:
    """Collect what stands under a private key anywhere, a misspelt one included."""
    return frozenset(value for value in _walk(data, private=False) if value)


def _walk(data: object, *, private: bool) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _walk(value, private=private or is_private(key))
    elif isinstance(data, list):
        for item in data:
            yield from _walk(item, private=private)
    elif private and data is not None:
        yield " ".join(str(data).split())


@lru_cache(maxsize=1024)
def is_private(key: str) -> bool:
    """Whether what stands under a key is nobody's business."""
    return not key.endswith("_file") and nearest(key, PRIVATE_KEYS, 0.75) is not None


def redact(text: str, private: frozenset[str]) -> str:
    """Empty every quotation that holds a private value, or the beginning of one."""

    def emptied(found: re.Match[str]) -> str:
        quoted, cut = found[1].removesuffix("…"), found[1].endswith("…")
        return "“…”" if any(value in quoted or (cut and quoted in value) for value in private) else found[0]

    return re.sub("“([^”]*)”", emptied, text)


def nameless(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Cut a path off before an unknown key inside a boundary: somebody may have written its name there."""
    names = (index for index, step in enumerate(path) if isinstance(step, str) and nearest(step, ("boundaries",), 0.75))
    start = next(names, len(path)) + 1
    for end in range(start, len(path)):
        step = path[end]
        if isinstance(step, str) and step not in BOUNDARY_KEYS and not nearest(step, BOUNDARY_KEYS, 0.75):
            return path[:end]
    return path
