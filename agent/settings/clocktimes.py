"""Times of day and stretches of a day: ``09:00``, ``24:00``, ``08:00-18:30``."""

from __future__ import annotations

import re
from functools import lru_cache

from agent.core.timespan import DAY
from agent.settings.mistakes import Mistake, quote

TIME = r"(?:[01]?\d|2[0-3]):[0-5]\d|24:00"
TIME_PATTERN = f"^(?:{TIME})$"
HOURS_PATTERN = rf"^(?:{TIME}) ?[-–] ?(?:{TIME})$"  # noqa: RUF001 - people type an en dash too

Hours = tuple[int, int]
"""First minute after local midnight, and the minute it ends before: past 1440 is the next day."""


def parse_time(value: object) -> int:
    """Read minutes after local midnight, 0 to 1440; 1440 is written ``24:00``."""
    minute = _minute(value) if isinstance(value, str) else None
    if minute is None:
        raise Mistake(
            f"{quote(value)} is not a time of day", "write hours and minutes from “00:00” to “24:00”, such as “09:30”"
        )
    return minute


@lru_cache(maxsize=4096)
def _minute(text: str) -> int | None:
    """Read it once, however many have the same hours."""
    if not re.fullmatch(TIME_PATTERN, text.strip()):
        return None
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def parse_hours(value: object) -> Hours:
    """Read a stretch such as ``08:00-18:30``; one that ends before it starts ends on the next day."""
    text = value.strip() if isinstance(value, str) else ""
    ends = [end.strip() for end in re.split("[-–]", text)]  # noqa: RUF001
    if len(ends) != 2:
        raise Mistake(
            f"{quote(value)} is not a stretch of the day", "write two times with a dash, such as “08:00-18:30”"
        )
    return stretch(parse_time(ends[0]), parse_time(ends[1]))


def stretch(start: int, end: int) -> Hours:
    """Join two times of day into a stretch that may cross midnight."""
    if start == end:
        raise Mistake(
            f"it starts and ends at {spoken_time(start)}",
            "write a later end, or “00:00” to “24:00” for a whole day",
        )
    if start == DAY:
        raise Mistake("“24:00” can only be an end", "write “00:00” and the next day's name")
    return start, end if end > start else end + DAY


def spoken_time(minute: int) -> str:
    """Write minutes after midnight the way ``parse_time`` reads them."""
    return f"{minute // 60:02}:{minute % 60:02}"


def spoken_hours(hours: Hours) -> str:
    """Write a stretch the way ``parse_hours`` reads it."""
    start, end = hours
    return f"{spoken_time(start)}-{spoken_time(end if end <= DAY else end - DAY)}"
