"""The map of the week for readers of mails and pages: as a picture, as rows for a table, and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from textwrap import wrap
from typing import Any
from xml.sax.saxutils import escape

from babel.dates import format_date, get_day_names

from agent.core.weekmap import HOURS, WeekMap
from agent.mail.languages import Language
from agent.mail.moments import city

WIDE, HIGH, LEFT, LINE, MARGIN = 52, 18, 62, 16, 8
"""A cell's width and height, the width of a clock, the height of a line, and the room around all, in units of the
picture."""

LETTER = 6.5
"""Width of a letter, on the wide side, by which lines are broken: a picture cannot do that itself."""

CLOCKS = 3
"""Zones that find room in a mail."""

STYLE = """\
text{font:12px Arial,Helvetica,sans-serif;fill:#22262b}
.title{font-weight:bold}
rect{fill:#16324f;stroke:#8a9097;stroke-width:.5}
.page{fill:#fff;stroke:none}
.s0{fill-opacity:0}.s1{fill-opacity:.2}.s2{fill-opacity:.45}.s3{fill-opacity:.7}.s4{fill-opacity:1}
:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){text{fill:#e6e8ea}rect{fill:#cfe4f5}.page{fill:#1e2328}}"""
"""One colour in five strengths, which differ in lightness alone, on a ground of its own: whatever the page around it,
what is written can be read."""


def picture(week: WeekMap, language: Language) -> str:
    """Draw the map as an SVG that stands by itself: no script, nothing from outside, right in light and dark."""
    left = MARGIN + LEFT * (1 + len(week.beside))
    width = left + 7 * WIDE + MARGIN
    above = _broken((dates(week, language), *notes(week, language)), width)
    titles = _broken((title(week, language),), width)
    top = MARGIN + LINE * (len(titles) + len(above) + 4)
    below = top + len(HOURS) * HIGH + MARGIN
    height = below + len(key(language)) * HIGH + MARGIN
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-labelledby="week-title week-desc">',
        f'<title id="week-title">{escape(title(week, language))}</title>',
        f'<desc id="week-desc">{escape(" ".join((words(week, language), *notes(week, language))))}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{width}" height="{height}"/>',
        *_lines(titles, 0, ' class="title"'),
        *_lines(above, len(titles), ""),
        *_heads(week, language, left, top),
        *_cells(week, left, top),
        *_key(language, below),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _broken(paragraphs: Iterable[str], width: int) -> list[str]:
    return [line for said in paragraphs for line in wrap(said, int((width - 2 * MARGIN) / LETTER))]


def _lines(lines: Iterable[str], first: int, style: str) -> Iterator[str]:
    for number, line in enumerate(lines, first + 1):
        yield f'<text x="{MARGIN}" y="{MARGIN + number * LINE - 4}"{style}>{escape(line)}</text>'


def _heads(week: WeekMap, language: Language, left: int, top: int) -> Iterator[str]:
    for place, zone in enumerate((week.zone, *(other.zone for other in week.beside))):
        # Every other name stands a line lower, and all above the days, so that long ones run into nothing.
        line = top - 6 - LINE * (2 - place % 2)
        yield f'<text x="{MARGIN + place * LEFT}" y="{line}">{escape(city(zone, language))}</text>'
    for column, name in enumerate(day_names(week, language)):
        yield f'<text x="{left + column * WIDE + WIDE // 2}" y="{top - 6}" text-anchor="middle">{escape(name)}</text>'


def _cells(week: WeekMap, left: int, top: int) -> Iterator[str]:
    for hour in HOURS:
        line = top + hour * HIGH
        for place, clock in enumerate(week.clocks(hour)):
            yield f'<text x="{MARGIN + place * LEFT}" y="{line + 13}">{clock}</text>'
        for column, cell in enumerate(week.cells[hour]):
            yield _cell(cell.shade, left + column * WIDE, line)


def _cell(shade: int, x: int, y: int) -> str:
    return f'<rect class="s{shade}" x="{x}" y="{y}" width="{WIDE - 2}" height="{HIGH - 2}"/>'


def _key(language: Language, top: int) -> Iterator[str]:
    for place, said in enumerate(key(language)):
        line = top + place * HIGH
        yield _cell(place, MARGIN, line)
        yield f'<text x="{MARGIN + WIDE + MARGIN}" y="{line + 13}">{escape(said)}</text>'


def key(language: Language) -> list[str]:
    """Say what each shade means, from the lightest on."""
    say = language.gettext
    return [
        say("never"),
        say("on up to a quarter of the days"),
        say("on up to half of the days"),
        say("on up to three quarters of the days"),
        say("on more days than that"),
    ]


def title(week: WeekMap, language: Language) -> str:
    """Say what the map shows."""
    return language.gettext("When everybody could start, in a week of %(city)s time") % {
        "city": city(week.zone, language)
    }


def dates(week: WeekMap, language: Language) -> str:
    """Say which days it is drawn from."""
    ends = {"first": _date(week.first, language), "last": _date(week.last, language)}
    return language.gettext("From %(first)s to %(last)s") % ends


def words(week: WeekMap, language: Language) -> str:
    """Say the same in words: of each weekday the hours that are ever open, and on how many days."""
    hours = "; ".join(_stretches(week, language)) or language.gettext("there is no such hour")
    return f"{dates(week, language)}: {hours}."


def notes(week: WeekMap, language: Language) -> list[str]:
    """Say whose clocks these are, where that is not plain, and where they are changed within."""
    return [*_travels(week, language), *_changes(week, language)]


def _travels(week: WeekMap, language: Language) -> Iterator[str]:
    """Whose map it is is told of their own journeys; nobody is of anybody else's."""
    say = language.gettext
    if not week.own:
        yield say("Every clock is the one at home, and journeys are left out.")
    elif week.beside:
        yield say("Other people's clocks are those at home.")
    for away in week.absences:
        days = {"first": _date(away.first, language), "last": _date(away.last, language)}
        where = {"city": city(away.zone, language), **days}
        yield say("From %(first)s to %(last)s you are in %(city)s, and hours are those of your clock there.") % where


def _changes(week: WeekMap, language: Language) -> Iterator[str]:
    """Hours stand beside each other as they do in the middle."""
    say = language.gettext
    for zone, day in week.changes if week.beside else ():
        when = {"city": city(zone, language), "day": _date(day, language)}
        yield say("In %(city)s clocks change on %(day)s, and with them which hours stand side by side.") % when


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
                yield say("%(day)s %(from)s to %(to)s (on %(open)s of %(days)s days)") % {**hours, **days}
            begin = hour


def day_names(week: WeekMap, language: Language) -> list[str]:
    """The weekdays in the map's order, short."""
    names = get_day_names("abbreviated", "stand-alone", language.locale)
    return [names[day] for day in week.weekdays]


def table(week: WeekMap, language: Language) -> dict[str, Any]:
    """Give the map as a template shows it: ``rows`` are the hours from the first to the last that are ever open."""
    zones = (week.zone, *(other.zone for other in week.beside))[:CLOCKS]
    initials = get_day_names("narrow", "stand-alone", language.locale)
    return {
        "title": title(week, language),
        "dates": dates(week, language),
        "words": words(week, language),
        "notes": notes(week, language),
        "key": key(language),
        "cities": [city(zone, language) for zone in zones],
        "days": [str(initials[day]) for day in week.weekdays],
        "rows": [
            {"clocks": list(week.clocks(hour)[:CLOCKS]), "shades": [cell.shade for cell in week.cells[hour]]}
            for hour in week.ever
        ],
    }
