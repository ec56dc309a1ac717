"""Lengths of time as an administrator writes them: ``2 weeks``, ``45 min``, ``1 h 30 min``, ``48 h before``."""

from __future__ import annotations

import re
from datetime import timedelta

from agent.settings.mistakes import Mistake, quote

MINUTES = {"week": 7 * 1440, "day": 1440, "h": 60, "min": 1}
"""Minutes in each unit, the longest first."""

SPELLINGS = {
    **dict.fromkeys(("week", "weeks"), "week"),
    **dict.fromkeys(("day", "days"), "day"),
    **dict.fromkeys(("h", "hour", "hours"), "h"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "min"),
}
LONGEST = timedelta(days=3660)
PART = r"\d{1,6} ?(?:weeks?|days?|hours?|h|minutes?|mins?|min)"
PATTERN = rf"^{PART}(?: {PART})*$"
_PARTS = re.compile(r"(\d{1,6}) ?([a-z]+)")


def parse(value: object, units: tuple[str, str] = ("min", "day")) -> timedelta:
    """Read a length of whole minutes, zero allowed, ten years at most; a bare number most likely means these units."""
    text = " ".join(value.split()).lower() if isinstance(value, str) else ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        likely = " or ".join(f"“{value} {_plural(unit, value)}”" for unit in units)
        raise Mistake(f"{quote(value)} has no unit", f"write one, such as {likely}")
    if not re.fullmatch(PATTERN, text):
        raise Mistake(
            f"{quote(value)} is not a length of time",
            "write a number and a unit (weeks, days, h, min), such as “2 weeks”",
        )
    total = sum(int(number) * MINUTES[SPELLINGS[unit]] for number, unit in _PARTS.findall(text))
    if total > LONGEST.total_seconds() / 60:
        raise Mistake(f"{quote(value)} is longer than ten years", "write a shorter time")
    return timedelta(minutes=total)


def positive(value: object, units: tuple[str, str] = ("min", "day")) -> timedelta:
    """Read a length that is more than nothing."""
    length = parse(value, units)
    if not length:
        raise Mistake(f"{quote(value)} is no time at all", "write a length of at least one minute, such as “45 min”")
    return length


def lengthy(value: object) -> timedelta:
    """Read a length that is more than nothing, and most likely days or more."""
    return positive(value, ("week", "day"))


def before(value: object) -> timedelta:
    """Read ``48 h before``."""
    return _relative(value, "before")


def after(value: object) -> timedelta:
    """Read ``2 h after``."""
    return _relative(value, "after")


def _relative(value: object, word: str) -> timedelta:
    text = value.strip() if isinstance(value, str) else ""
    if not text.lower().endswith(f" {word}"):
        raise Mistake(f"{quote(value)} does not end in “{word}”", f"write a time such as “24 h {word}” the meeting")
    return parse(text[: -len(word)])


def spoken(length: timedelta) -> str:
    """Write a length of whole minutes the way ``parse`` reads it, in the longest units that come out even."""
    left = length // timedelta(minutes=1)
    words: list[str] = []
    for unit, minutes in MINUTES.items():
        count, left = divmod(left, minutes)
        if count:
            words.append(f"{count} {_plural(unit, count)}")
    return " ".join(words) or "0 min"


def _plural(unit: str, count: float) -> str:
    return f"{unit}s" if count != 1 and unit in {"week", "day"} else unit
