"""The map of the week for readers of mails and pages: as a picture, as rows for a table, and in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from babel.dates import format_date, get_day_names

from agent.core.weekmap import HOURS, WeekMap
from agent.mail.languages import Language
from agent.mail.moments import city

WIDE, HIGH, LEFT, TOP = 44, 18, 58, 46
"""A cell's width and height, and where the first one stands, in units of the picture."""

CLOCKS = 3
"""Zones that find room in a mail."""

STYLE = """\
text{font:12px Arial,Helvetica,sans-serif;fill:#22262b}
rect{fill:#16324f;stroke:#8a9097;stroke-width:.5}
.s0{fill-opacity:0}.s1{fill-opacity:.2}.s2{fill-opacity:.45}.s3{fill-opacity:.7}.s4{fill-opacity:1}
:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){text{fill:#e6e8ea}rect{fill:#cfe4f5}}"""
"""One colour in five strengths, which differ in lightness alone."""


def picture(week: WeekMap, language: Language) -> str:
    """Draw the map as an SVG that stands by itself: no script, nothing from outside, right in light and dark."""
    left = LEFT * (1 + len(week.beside))
    width, height = left + 7 * WIDE + 8, TOP + 24 * HIGH + 8
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="week-title week-desc">',
        f'<title id="week-title">{escape(title(week, language))}</title>',
        f'<desc id="week-desc">{escape(" ".join((words(week, language), *notes(week, language))))}</desc>',
        f"<style>{STYLE}</style>",
        *_heads(week, language, left),
        *_cells(week, left),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _heads(week: WeekMap, language: Language, left: int) -> Iterator[str]:
    for place, zone in enumerate((week.zone, *(other.zone for other in week.beside))):
        # Every other name stands a line higher, so that long ones do not run into each other.
        line = 16 + 16 * (place % 2)
        yield f'<text x="{8 + place * LEFT}" y="{line}">{escape(city(zone, language))}</text>'
    for column, name in enumerate(day_names(week, language)):
        yield f'<text x="{left + column * WIDE + WIDE // 2}" y="{TOP - 6}" text-anchor="middle">{escape(name)}</text>'


def _cells(week: WeekMap, left: int) -> Iterator[str]:
    for hour in HOURS:
        top = TOP + hour * HIGH
        for place, clock in enumerate(week.clocks(hour)):
            yield f'<text x="{8 + place * LEFT}" y="{top + 13}">{clock}</text>'
        for column, cell in enumerate(week.cells[hour]):
            size = f'width="{WIDE - 2}" height="{HIGH - 2}"'
            yield f'<rect class="s{cell.shade}" x="{left + column * WIDE}" y="{top}" {size}/>'


def title(week: WeekMap, language: Language) -> str:
    """Say what the map shows."""
    return language.gettext("When everybody could start, in a week of %(city)s time") % {
        "city": city(week.zone, language)
    }


def words(week: WeekMap, language: Language) -> str:
    """Say the same in words: of each weekday the hours that are ever open, and on how many days."""
    say, found = language.gettext, list(_stretches(week, language))
    dates = {"first": _date(week.first, language), "last": _date(week.last, language)}
    if not found:
        return say("From %(first)s to %(last)s there is no such hour.") % dates
    return say("From %(first)s to %(last)s: %(hours)s.") % {**dates, "hours": "; ".join(found)}


def notes(week: WeekMap, language: Language) -> list[str]:
    """Say where clocks change within, since hours stand beside each other as they do in the middle."""
    say = language.gettext
    return [
        say("In %(city)s clocks change on %(day)s, and with them which hours stand side by side.")
        % {"city": city(zone, language), "day": _date(day, language)}
        for zone, day in week.changes
    ]


def _date(day: date, language: Language) -> str:
    return str(format_date(day, "medium", language.locale))


def _stretches(week: WeekMap, language: Language) -> Iterator[str]:
    """For each weekday the hours in a row that are open on as many days."""
    say = language.gettext
    for column, name in enumerate(day_names(week, language)):
        cells = [row[column] for row in week.cells]
        begin = 0
        for hour in (*HOURS[1:], 24):
            cell = cells[begin]
            if hour < 24 and cells[hour] == cell:
                continue
            if cell.open:
                hours = {"day": name, "from": f"{begin:02}:00", "to": f"{hour:02}:00"}
                days = {"open": cell.open, "days": cell.days}
                yield say("%(day)s %(from)s to %(to)s (%(open)s of %(days)s)") % {**hours, **days}
            begin = hour


def day_names(week: WeekMap, language: Language) -> list[str]:
    """The weekdays in the map's order, short."""
    names = get_day_names("abbreviated", "stand-alone", language.locale)
    return [names[day] for day in week.weekdays]


def table(week: WeekMap, language: Language) -> dict[str, Any]:
    """Give the map as a template shows it: ``rows`` are the hours from the first to the last that are ever open."""
    ever = [hour for hour in HOURS if any(cell.open for cell in week.cells[hour])]
    zones = (week.zone, *(other.zone for other in week.beside))[:CLOCKS]
    initials = get_day_names("narrow", "stand-alone", language.locale)
    return {
        "title": title(week, language),
        "words": words(week, language),
        "notes": notes(week, language),
        "cities": [city(zone, language) for zone in zones],
        "days": [str(initials[day]) for day in week.weekdays],
        "rows": [
            {"clocks": list(week.clocks(hour)[:CLOCKS]), "shades": [cell.shade for cell in week.cells[hour]]}
            for hour in (range(ever[0], ever[-1] + 1) if ever else ())
        ],
    }
