"""A meeting's time in words: the reader's own first, then everybody else's beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from babel.dates import format_date, format_skeleton, format_time, get_timezone_location

from agent.core.people import Person
from agent.core.timespan import Span
from agent.core.zones import local
from agent.mail.languages import Language
from agent.mail.plain import one_line


def moment(language: Language, reader: Person, others: Sequence[Person], span: Span) -> dict[str, Any]:
    """Give a span as a template shows it.

    ``day``, ``start``, ``end`` and ``city`` are the reader's; ``short`` is day and start on one line. Each of
    ``others`` has ``name``, ``start``, ``end``, and ``day``, which is empty where it is the reader's own day.
    """
    start = local(span.starts_at, reader.zone_at(span.starts_at))
    return {
        "day": format_date(start, "full", language.locale),
        "start": _clock(start, language),
        "end": _clock(local(span.ends_at, reader.zone_at(span.starts_at)), language),
        "city": city(reader.zone_at(span.starts_at), language),
        "short": f"{short_day(start, language)}, {_clock(start, language)}",
        "others": [_beside(language, person, span, start) for person in others],
    }


def _beside(language: Language, person: Person, span: Span, readers: datetime) -> dict[str, str]:
    """Somebody else's time by their clock at home: where they travel is nobody else's business."""
    start = local(span.starts_at, person.zone)
    return {
        "name": one_line(person.name),
        "day": "" if start.date() == readers.date() else format_date(start, "EEEE", language.locale),
        "start": _clock(start, language),
        "end": _clock(local(span.ends_at, person.zone), language),
    }


def short_day(day: datetime, language: Language) -> str:
    """Weekday, day and month, as short as the language writes them."""
    return format_skeleton("MMMEd", day, locale=language.locale)


def _clock(wall: datetime, language: Language) -> str:
    """Hours and minutes in the language's own hour cycle."""
    return format_time(wall, "short", tzinfo=wall.tzinfo, locale=language.locale)


def city(zone: str, language: Language) -> str:
    """Name the city that stands for a time zone."""
    return get_timezone_location(zone, language.locale, return_city=True).rpartition("/")[2]
