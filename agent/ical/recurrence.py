"""RRULE as a value: what it says, and whether it can be expanded at all (RFC 5545, section 3.3.10)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.core.recurrence import Frequency, Limits, Pattern
from agent.ical.times import Moment, moment

WEEKDAYS = {name: number for number, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
_BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,6}", re.ASCII)
_OFTEN = 96
"""Times a day above which a rule is no longer expanded: more than one every quarter of an hour."""

BY_PARTS = frozenset(
    {"BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE", "BYSECOND", "BYSETPOS"}
)

UNITS = {"SECONDLY": 1, "MINUTELY": 60, "HOURLY": 3600}
"""Seconds between two occurrences of a sub-daily rule with interval one."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence rule. ``pattern`` is None where it cannot be expanded, because it is sub-daily or broken.

    ``longest`` is then the most seconds from the first occurrence to the last, None where nobody can tell.
    """

    pattern: Pattern | None
    count: int | None = None
    until: Moment | None = None
    longest: int | None = None


def rule(value: str) -> Rule:
    """Read an RRULE. Whatever is not in the standard makes it a broken one; its UNTIL holds all the same."""
    parts = dict(part.upper().partition("=")[::2] for part in value.replace(" ", "").split(";") if part)
    until = moment(parts.pop("UNTIL", ""))
    count, interval = _count(parts), _interval(parts)
    frequency = parts.pop("FREQ", "")
    week_starts = WEEKDAYS.get(parts.pop("WKST", "MO"))
    if parts.get("RSCALE") == "GREGORIAN" and parts.get("SKIP", "OMIT") == "OMIT":
        del parts["RSCALE"]
        parts.pop("SKIP", None)
    limits = _limits(parts)
    if frequency in UNITS and interval and count and not parts:
        return Rule(None, until=until, longest=(count - 1) * interval * UNITS[frequency])
    if limits is None or not interval or week_starts is None or not _allowed(frequency, limits):
        return Rule(None, until=until)
    return Rule(Pattern(Frequency(frequency), interval, week_starts, limits), count, until)


def _count(parts: dict[str, str]) -> int | None:
    found = _NUMBER.fullmatch(parts.pop("COUNT", ""))
    return int(found[0]) if found and int(found[0]) > 0 else None


def _interval(parts: dict[str, str]) -> int | None:
    found = _NUMBER.fullmatch(parts.pop("INTERVAL", "1"))
    return int(found[0]) if found and int(found[0]) > 0 else None


def _allowed(frequency: str, limits: Limits) -> bool:
    """Whether the parts may stand with the frequency, and leave few enough times a day."""
    if frequency not in Frequency.__members__ or len(limits.times(0, 0, 0)) > _OFTEN:
        return False
    if frequency != "YEARLY" and (limits.week or limits.year_day):
        return False
    if limits.position and limits == Limits(position=limits.position):
        return False
    return frequency != "WEEKLY" or not limits.month_day


def _limits(parts: dict[str, str]) -> Limits | None:
    try:
        return limits_of(parts)
    except ValueError:
        return None


def limits_of(parts: dict[str, str]) -> Limits:
    """Read the BY parts. Raises ``ValueError`` with the name of one that is unknown or makes no sense."""
    unknown = parts.keys() - BY_PARTS
    if unknown:
        raise ValueError(min(unknown))
    return Limits(
        month=_numbers(parts, "BYMONTH", 1, 12),
        week=_numbers(parts, "BYWEEKNO", 1, 53, signed=True),
        year_day=_numbers(parts, "BYYEARDAY", 1, 366, signed=True),
        month_day=_numbers(parts, "BYMONTHDAY", 1, 31, signed=True),
        day=_weekdays(parts.get("BYDAY")),
        hour=_numbers(parts, "BYHOUR", 0, 23),
        minute=_numbers(parts, "BYMINUTE", 0, 59),
        second=_numbers(parts, "BYSECOND", 0, 59),
        position=_numbers(parts, "BYSETPOS", 1, 366, signed=True),
    )


def _numbers(parts: dict[str, str], name: str, low: int, high: int, *, signed: bool = False) -> frozenset[int]:
    if name not in parts:
        return frozenset()
    found = [_NUMBER.fullmatch(text) for text in parts[name].split(",")]
    numbers = frozenset(int(match[0]) for match in found if match)
    if None in found or not all(low <= (abs(number) if signed else number) <= high for number in numbers):
        raise ValueError(name)
    return numbers


def _weekdays(value: str | None) -> frozenset[tuple[int, int]]:
    if value is None:
        return frozenset()
    found = [_BYDAY.fullmatch(text) for text in value.split(",")]
    if None in found:
        raise ValueError("BYDAY")
    return frozenset((int(match[1] or 0), WEEKDAYS[match[2]]) for match in found if match)
