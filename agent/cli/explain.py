"""``attune explain``: what stands in the way of a relationship's meetings, and what one change would give."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.options import AsJson, At, From, Home, Refused, end_of, named, write

if TYPE_CHECKING:
    from agent.core.explanation import Explanation
    from agent.core.relationships import Relationship
    from agent.core.timespan import Span
    from agent.core.weekmap import WeekMap


def command(
    relationship: Annotated[str, typer.Argument(help="Id of a pair or circle.", show_default=False)],
    home: Home = None,
    viewer: Annotated[
        str | None,
        typer.Option("--as", metavar="PERSON", show_default=False, help="Say what this person may know, and no more."),
    ] = None,
    first: From = None,
    weeks: Annotated[
        int | None, typer.Option(min=1, max=520, help="For so many weeks; else to the policy's horizon.")
    ] = None,
    svg: Annotated[
        Path | None, typer.Option("--svg", metavar="FILE", help="Write the map of the week as a picture, too.")
    ] = None,
    as_json: AsJson = False,
    at: At = None,
) -> None:
    """Say what stands in the way of a relationship's next meeting, what one change would give, and map the week.

    Without --from and --weeks it is about the days in which the next meeting is looked for. With --as it says what
    that person may know, by their own clock: their own constraints by name, everybody else's as one.

    \b
    Example:
      attune explain pair-1 --as mentee-1 --svg week.svg
    """
    from agent.cli.explanation_text import lines
    from agent.cli.progress import opened
    from agent.services.explain_search import explain_search, inquire

    with opened(home, at=at) as app:
        found = named(app.programme.relationships, relationship, "pair or circle")
        language = _language(found, viewer)
        end = end_of(first, weeks, app.programme.clock.now())
        explained = explain_search(inquire(app.programme, found, first, end), viewer)
    if svg is not None:
        _write(svg, explained, language)
    if as_json:
        typer.echo(json.dumps(as_object(found.id, viewer, explained), indent=2, ensure_ascii=False))
    else:
        typer.echo(_encodable("\n".join(lines(found.id, viewer, explained))))


def _encodable(text: str) -> str:
    """The same text for a terminal whose character set has no blocks: their shades as signs of as much ink."""
    from agent.cli.week_text import PLAIN, SHADES

    try:
        SHADES.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return text.translate(str.maketrans(SHADES, PLAIN))
    return text


def _language(relationship: Relationship, viewer: str | None) -> str:
    """The reader's language. Whoever is not in the relationship may know nothing of it."""
    if viewer is None:
        return "en"
    people = {person.id: person for person in relationship.people}
    return named(people, viewer, f"person in {relationship.id},").language


def _write(svg: Path, explained: Explanation, language: str) -> None:
    from agent.mail.languages import language as words
    from agent.mail.week import picture

    if explained.week is None:
        why = "it lies beyond the horizon" if explained.within else "notice and horizon leave no possible start"
        raise Refused(f"there is no week to draw: {why}")
    write(svg, picture(explained.week, words(language)))


def as_object(relationship: str, viewer: str | None, explained: Explanation) -> dict[str, Any]:
    """Give the object that ``--json`` prints; documented in docs/commands.md."""
    days = explained.days
    return {
        "relationship": relationship,
        "as": viewer,
        "booked": _span(explained.booked),
        "within": _instant(explained.within) if explained.within else None,
        "window": _span(explained.window),
        "days": {"first": days[0].isoformat(), "last": days[1].isoformat()} if days else None,
        "candidates": explained.candidates,
        "open": explained.open,
        "slots": explained.slots,
        "reasons": [
            {
                "kind": str(r.kind),
                "number": r.number or None,
                "minutes": r.minutes,
                "only": r.only,
                "days": r.days if viewer else None,
            }
            for r in explained.reasons
        ],
        "relaxations": [
            {
                "change": str(each.change),
                "person": each.person,
                "number": each.number or None,
                "value": each.value or None,
                "slots": each.slots,
                "minutes": each.minutes,
                "days": each.days if viewer else None,
            }
            for each in explained.relaxations
        ],
        "week": _week(explained.week) if explained.week else None,
    }


def _week(week: WeekMap) -> dict[str, Any]:
    return {
        "zone": week.zone,
        "beside": [{"zone": other.zone, "ahead": other.ahead} for other in week.beside],
        "first": week.first.isoformat(),
        "last": week.last.isoformat(),
        "weekdays": list(week.weekdays),
        "hours": [[[cell.open, cell.days] for cell in row] for row in week.cells],
        "clock_changes": [{"zone": zone, "day": day.isoformat()} for zone, day in week.changes],
        "absences": [
            {"zone": away.zone, "first": away.first.isoformat(), "last": away.last.isoformat()}
            for away in week.absences
        ],
    }


def _span(span: Span | None) -> dict[str, str] | None:
    return {"start": _instant(span.starts_at), "end": _instant(span.ends_at)} if span else None


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
