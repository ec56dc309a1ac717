"""Days of the week: ``mon-fri``, ``sat-mon``, ``mon,wed``, ``daily``, or a list of such."""

from __future__ import annotations

import re
from functools import lru_cache

from agent.core.rules import EVERY_DAY
from agent.settings.mistakes import Mistake, nearest, quote

NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONG_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS = {name: number for names in (NAMES, LONG_NAMES) for number, name in enumerate(names)}
_DAY = f"(?:{'|'.join(f'{short}(?:{long[3:]})?' for short, long in zip(NAMES, LONG_NAMES, strict=True))})"
DAY_PATTERN = f"^{_DAY}$"
DAYS_PATTERN = f"^(?:daily|{_DAY}(?:-{_DAY})?(?: ?, ?{_DAY}(?:-{_DAY})?)*)$"


def parse_day(value: object) -> int:
    """Read one day, Monday as 0."""
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in _NUMBERS:
        return _NUMBERS[word]
    near = nearest(word, _NUMBERS) if word else None
    raise Mistake(
        f"{quote(value)} is not a day of the week",
        f"did you mean “{near}”?" if near else "write mon, tue, wed, thu, fri, sat or sun",
    )


def parse_days(value: object) -> frozenset[int]:
    """Read at least one day; a range may run over the end of the week."""
    if isinstance(value, list):
        found = frozenset[int]().union(*(parse_days(item) for item in value))
    else:
        found = _days(value) if isinstance(value, str) else frozenset()
    if not found:
        raise Mistake(f"{quote(value)} names no day", "write days such as “mon-fri”, “mon,wed” or “daily”")
    return found


@lru_cache(maxsize=4096)
def _days(text: str) -> frozenset[int]:
    """Read them once, however many have the same days."""
    if text.strip().lower() == "daily":
        return EVERY_DAY
    return frozenset[int]().union(*(_range(part) for part in text.split(","))) if text.strip() else frozenset()


def _range(text: str) -> frozenset[int]:
    ends = re.split("[-–]", text)  # noqa: RUF001 - people type an en dash too
    if len(ends) > 2:
        raise Mistake(f"{quote(text)} is not a range of days", "write its first and last day, such as “mon-fri”")
    first, last = parse_day(ends[0]), parse_day(ends[-1])
    return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))


def spoken_days(days: frozenset[int]) -> str:
    """Write days the way ``parse_days`` reads them."""
    return "daily" if days == EVERY_DAY else ",".join(NAMES[day] for day in sorted(days))
