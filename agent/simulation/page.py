"""Writes the page that shows a rehearsed programme: one file, complete in itself, that reads as well on a telephone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from agent.core.people import Person
from agent.core.relationships import Relationship
from agent.core.timespan import Run, Span
from agent.core.zones import local
from agent.resources import data_dir
from agent.simulation.lives import Life, lives
from agent.simulation.post import Piece, read_post
from agent.simulation.weeks import COLUMN, HEIGHT, HOUR, Panel, Weeks, panels

ACTS = {
    "conflict": "{person} put another appointment over meeting no. {number} of {relationship}.",
    "decline": "{person} declined meeting no. {number} of {relationship} in their own calendar.",
    "delete": "{person} deleted meeting no. {number} of {relationship} from their own calendar.",
    "move": "{person} moved meeting no. {number} of {relationship} by hand.",
    "spoil": "A calendar of {person} could not be read until {until}.",
}
"""What people did, in words."""


@dataclass(frozen=True)
class Rehearsal:
    """All that the page shows. ``busy`` is by person; ``journal`` are the objects of ``attune journal --json``."""

    programme: str
    people: Mapping[str, Person]
    relationships: Mapping[str, Relationship]
    busy: Mapping[str, Run]
    weeks: Weeks
    verdict: dict[str, Any]
    journal: Sequence[dict[str, Any]]
    mails: Path
    seconds: float


@dataclass(frozen=True, slots=True)
class Story:
    """A relationship with its panels, and its meetings as rows: number, what became of it, everybody's local time."""

    relationship: Relationship
    panels: list[Panel]
    rows: list[tuple[int, str, list[str], list[list[str]]]]


class Page:
    """The page, drawn once and written as often as there is a new verdict to head it."""

    def __init__(self, shown: Rehearsal) -> None:
        loader = FileSystemLoader(data_dir("templates") / "web")
        environment = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        environment.filters |= {"wall": wall, "city": city}
        self._template = environment.get_template("demo.html.j2")
        self._context = _context(shown)

    def write(self, target: Path, verdict: dict[str, Any]) -> None:
        """Write it; it names no address outside itself but those of the files beside it."""
        target.write_text(self._template.render(self._context, verdict=verdict), encoding="utf-8")


def _context(shown: Rehearsal) -> dict[str, Any]:
    found = lives(shown.verdict)
    stories = [_story(each, found.get(each.id, []), shown) for each in shown.relationships.values()]
    by_email = {person.email: person for person in shown.people.values()}
    post = read_post(shown.mails)
    return {
        "shown": shown,
        "stories": stories,
        "acts": [_act(act, found, shown) for act in shown.verdict["acts"]],
        "weeks_of_post": [(week, list(pieces)) for week, pieces in groupby(post, lambda piece: _week(piece, shown))],
        "post": post,
        "reader": by_email,
        "geometry": {"column": COLUMN, "hour": HOUR, "height": HEIGHT, "width": shown.weeks.width},
    }


def _story(relationship: Relationship, found: list[Life], shown: Rehearsal) -> Story:
    people = relationship.people
    rows = [(number, life.state, *_times(life, people)) for number, life in enumerate(found, 1)]
    return Story(relationship, panels(people, shown.busy, found, shown.weeks), rows)


def _times(life: Life, people: Sequence[Person]) -> tuple[list[str], list[list[str]]]:
    """Everybody's local time of a meeting as it stands, and of each time it was announced for and left."""
    now = [_clock(life.now, person) for person in people] if life.now else []
    return now, [[_clock(span, person) for person in people] for span in life.left]


def _clock(span: Span, person: Person) -> str:
    return wall(span.starts_at, person)


def _act(act: dict[str, Any], found: Mapping[str, list[Life]], shown: Rehearsal) -> tuple[datetime, str, str]:
    """When somebody did something to their calendar, what, and how the meeting stands in all calendars since."""
    ours = found.get(act.get("relationship", ""), [])
    number, life = next(((n, life) for n, life in enumerate(ours, 1) if life.uid == act.get("uid")), (0, None))
    words = {
        "person": shown.people[act["person"]].name,
        "relationship": act.get("relationship", ""),
        "number": number,
        "until": _utc(datetime.fromisoformat(act["until"])) if "until" in act else "",
    }
    return datetime.fromisoformat(act["at"]), ACTS[act["kind"]].format(**words), _outcome(act, life, shown)


def _outcome(act: dict[str, Any], life: Life | None, shown: Rehearsal) -> str:
    if any(finding["what"].startswith(f"{act['id']}:") for finding in shown.verdict["findings"]):
        return "Not what was promised; see above."
    if life is None:
        return "Nothing new was arranged for them meanwhile."
    was = _utc(datetime.fromisoformat(act["was"][0]))
    if life.now is None:
        return f"It was on {was}; it is off."
    return f"It was on {was}, and is on {_utc(life.now.starts_at)}."


def _utc(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %H:%M} UTC"


def _week(piece: Piece, shown: Rehearsal) -> int:
    return (piece.at.date() - shown.weeks.first).days // 7 + 1


def wall(moment: datetime, person: Person) -> str:
    """A moment on the clock at a person's wall."""
    there = local(moment, person.zone)
    return f"{there:%a} {there.day} {there:%b %H:%M}"


def city(person: Person) -> str:
    """Where a person's clock hangs."""
    return person.zone.rpartition("/")[2].replace("_", " ")
