"""Recurrence as RRULE writes it (RFC 5545, section 3.3.10), daily or slower: ``FREQ=MONTHLY;BYDAY=1MO``.

A calendar's rule is read as well as can be; one in a settings file is read strictly, for its author can mend it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from agent.core.recurrence import Frequency, Limits, Pattern
from agent.core.rules import Recurrence
from agent.ical.recurrence import BY_PARTS, UNITS, WEEKDAYS, limits_of
from agent.settings.mistakes import Mistake, quote, suggestion

T = TypeVar("T")

PATTERN = r"^(?:RRULE:)?FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)(?:;[A-Z]+=[A-Z0-9,+-]+)*$"

_OF_DAY = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_KNOWN = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", *sorted(BY_PARTS - _OF_DAY))
_EXAMPLES = {
    "BYDAY": "BYDAY=MO,TH” or “BYDAY=-1FR",
    "BYMONTH": "BYMONTH=1,7",
    "BYMONTHDAY": "BYMONTHDAY=1,-1",
    "BYSETPOS": "BYSETPOS=-1",
    "BYWEEKNO": "BYWEEKNO=2,40",
    "BYYEARDAY": "BYYEARDAY=1,-1",
    "INTERVAL": "INTERVAL=2",
    "COUNT": "COUNT=10",
    "UNTIL": "UNTIL=20271231",
    "WKST": "WKST=SU",
}


@dataclass(frozen=True, slots=True)
class Recurring:
    """What an RRULE says, without the day it counts from."""

    pattern: Pattern
    count: int | None
    last: date | None

    def since(self, first: date) -> Recurrence:
        """Give the recurrence from a day on."""
        return Recurrence(self.pattern, first, self.count, self.last)


def parse_rrule(value: object) -> Recurring:
    """Read a rule of whole days, “RRULE:” before it or not. What a later reader might take in two ways is refused."""
    parts = _parts(value)
    frequency = _frequency(parts.pop("FREQ", None))
    interval = _take(parts, "INTERVAL", _positive) or 1
    count, last = _take(parts, "COUNT", _positive), _take(parts, "UNTIL", _day)
    if count and last:
        raise Mistake("it says both COUNT and UNTIL", "write one of them, or neither")
    week_starts = _take(parts, "WKST", lambda text: WEEKDAYS[text]) or 0
    limits = _limits(parts)
    _goes_together(frequency, limits)
    return Recurring(Pattern(frequency, interval, week_starts, limits), count, last)


def _parts(value: object) -> dict[str, str]:
    text = value.strip().upper().removeprefix("RRULE:") if isinstance(value, str) else ""
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, said = part.partition("=")
        if not equals or not said:
            raise Mistake(
                f"{quote(value)} is not a recurrence rule", "write one such as “FREQ=MONTHLY;BYDAY=1MO”, in quotes"
            )
        if name in found:
            raise Mistake(f"it says {name} twice", "leave one of them out")
        if name in _OF_DAY:
            raise Mistake(f"{name} is a time of day", "leave it out, and write “from” and “to” beside the rule")
        if name not in _KNOWN:
            known = f"the parts are {', '.join(_KNOWN)}"
            raise Mistake(f"the part {quote(name)} is not known", suggestion(name, _KNOWN, known))
        found[name] = said
    return found


def _frequency(text: str | None) -> Frequency:
    choices = ", ".join(Frequency)
    if text is None:
        raise Mistake("it does not say how often", f"begin it with “FREQ=” and one of {choices}")
    if text in UNITS:
        wrong = f"{quote(text)} is more often than daily"
        raise Mistake(wrong, "write “FREQ=DAILY” or slower, and “from” and “to” beside the rule")
    if text not in Frequency.__members__:
        raise Mistake(f"{quote(text)} is no frequency", suggestion(text, Frequency, f"write one of {choices}"))
    return Frequency(text)


def _take(parts: dict[str, str], name: str, read: Callable[[str], T]) -> T | None:
    if name not in parts:
        return None
    try:
        return read(parts[name])
    except (ValueError, LookupError):
        raise _senseless(parts, name) from None
    finally:
        del parts[name]


def _senseless(parts: dict[str, str], name: str) -> Mistake:
    return Mistake(f"{quote(f'{name}={parts[name]}')} makes no sense", f"write it as in “{_EXAMPLES[name]}”")


def _positive(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,3}", text, re.ASCII):
        raise ValueError(text)
    return int(text)


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{8}|\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError(text)
    return date.fromisoformat(text)


def _limits(parts: dict[str, str]) -> Limits:
    try:
        return limits_of(parts)
    except ValueError as error:
        raise _senseless(parts, str(error)) from None


def _goes_together(frequency: Frequency, limits: Limits) -> None:
    """Refuse parts that the standard does not allow together, or that mean nothing together."""
    yearly, by_year = frequency is Frequency.YEARLY, limits.week or limits.year_day
    if by_year and not yearly:
        raise Mistake(f"{'BYWEEKNO' if limits.week else 'BYYEARDAY'} goes with FREQ=YEARLY only", "leave it out")
    if limits.month_day and frequency is Frequency.WEEKLY:
        raise Mistake("BYMONTHDAY does not go with FREQ=WEEKLY", "write “FREQ=MONTHLY”")
    counted = any(ordinal for ordinal, _ in limits.day)
    if counted and (limits.week or frequency in {Frequency.DAILY, Frequency.WEEKLY}):
        raise Mistake("a numbered weekday counts in a month or year", "write “FREQ=MONTHLY”, or leave the number out")
    if limits.position and limits == Limits(position=limits.position):
        raise Mistake("BYSETPOS has nothing to choose from", "add another part, as in “BYDAY=MO,TU;BYSETPOS=-1”")
