"""Some weeks and not others: ``every 2 weeks from 2027-01-04``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from agent.core.rules import Weeks
from agent.settings.dates import DATE, parse_date
from agent.settings.mistakes import Mistake, quote

PATTERN = rf"^every (?:other week|\d{{1,2}} weeks) from {DATE}$"
MOST = 52

_FORM = re.compile(r"every (?:(other) week|(\d{1,2}) weeks) from (\S+)")


@dataclass(frozen=True, slots=True)
class Every:
    """Every n-th week, counted from the one with this day in it, in both directions."""

    number: int
    day: date

    def beginning_on(self, weekday: int) -> Weeks:
        """Give the weeks of somebody whose week begins on this weekday, Monday as 0."""
        return Weeks(self.number, self.day - timedelta(days=(self.day.weekday() - weekday) % 7))


def parse_weeks(value: object) -> Every:
    """Read ``every 2 weeks from DATE``, or ``every other week from DATE``, which is the same."""
    text = " ".join(value.split()).lower() if isinstance(value, str) else ""
    found = _FORM.fullmatch(text)
    if found is None:
        raise Mistake(
            f"{quote(value)} does not say which weeks",
            "write how many and a day of the first, as in “every 2 weeks from 2027-01-04”",
        )
    number = 2 if found[1] else int(found[2])
    if not 2 <= number <= MOST:
        raise Mistake(f"{quote(value)} leaves no weeks out, or nearly all", f"write a number from 2 to {MOST}")
    return Every(number, parse_date(found[3]))
