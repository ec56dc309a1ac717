"""Local dates: ``2027-02-15..2027-02-19`` with both ends included, a single date, and instants."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from agent.settings.mistakes import Mistake, quote

DATE = r"\d{4}-\d{2}-\d{2}"
DATE_PATTERN = f"^{DATE}$"
DATES_PATTERN = rf"^{DATE}(?: ?\.\. ?{DATE})?$"
MOST = 1000
"""Dates in one list."""

MOMENT_PATTERN = rf"^{DATE}(?:[Tt ]\d{{2}}:\d{{2}}(?::\d{{2}})? ?(?:[Zz]|[+-]\d{{2}}:\d{{2}}))?$"


@dataclass(frozen=True, slots=True)
class Dates:
    """Local days from the first to the last, both included."""

    first: date
    last: date


def parse_date(value: object) -> date:
    """Read one local date."""
    text = value.strip() if isinstance(value, str) else ""
    if not re.fullmatch(DATE_PATTERN, text):
        raise Mistake(f"{quote(value)} is not a date", "write year, month and day, such as “2027-02-15”")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Mistake(
            f"{quote(value)} is not in the calendar", "write a day that exists, such as “2027-02-15”"
        ) from None


def parse_dates(value: object) -> Dates:
    """Read a date, or two with ``..`` between."""
    text = value if isinstance(value, str) else ""
    first, dots, last = text.partition("..")
    if not dots and re.search(r"\d ?(?:-|–|—|to) ?\d{4}-", text):  # noqa: RUF001
        raise Mistake(
            f"{quote(value)} is not a range of dates", "write two dots between the two, as in “2027-02-15..2027-02-19”"
        )
    found = Dates(parse_date(first if dots else value), parse_date(last if dots else value))
    if found.last < found.first:
        raise Mistake(f"{quote(value)} ends before it begins", f"write “{found.last}..{found.first}”")
    return found


def parse_several(value: object) -> tuple[Dates, ...]:
    """Read dates as ``parse_dates`` does, or a list of such, as terms are."""
    if not isinstance(value, list):
        return (parse_dates(value),)
    if not value:
        raise Mistake("this list of dates is empty", "write at least one, or leave “dates” out")
    if len(value) > MOST:
        raise Mistake(f"these are {len(value)}, which is too many", f"write {MOST} at most, or ranges of dates")
    return tuple(_item(number, item) for number, item in enumerate(value))


def _item(number: int, item: object) -> Dates:
    try:
        return parse_dates(item)
    except Mistake as mistake:
        raise Mistake(mistake.wrong, mistake.advice, at=(number,)) from None


def parse_moment(value: object) -> date | datetime:
    """Read a local date, or an instant with its offset from UTC, which comes back as aware UTC."""
    text = value.strip() if isinstance(value, str) else ""
    if not re.match(rf"{DATE}[Tt ]", text):
        return parse_date(value)
    try:
        moment = datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", ""))
    except ValueError:
        raise Mistake(f"{quote(value)} is not an instant", "write one such as “2027-01-04T09:00:00Z”") from None
    if moment.tzinfo is None:
        raise Mistake(
            f"{quote(value)} does not say in which zone", "end it in “Z” for UTC, or in an offset such as “+01:00”"
        )
    return moment.astimezone(UTC)


def spoken_dates(dates: Dates) -> str:
    """Write dates the way ``parse_dates`` reads them."""
    return str(dates.first) if dates.first == dates.last else f"{dates.first}..{dates.last}"
