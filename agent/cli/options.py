"""What several commands share: the options they all know, and how they refuse."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, TypeVar

import typer

Thing = TypeVar("Thing")

Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        show_default=False,
        help="Deployment folder; without it ATTUNE_HOME, else this folder.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, documented above.")]


YEARS = range(1990, 2200)
"""Years that a command may be asked about."""

REACH = f"between {YEARS.start} and {YEARS.stop - 1}"


def _day(text: str) -> datetime:
    """Read a date as its midnight in UTC."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise typer.BadParameter(f"“{text}” is not a date; write one such as 2027-03-01") from None
    if day.year not in YEARS:
        raise typer.BadParameter(f"“{text}” is out of reach; write one {REACH}")
    return day


def _instant(text: str) -> datetime:
    """Read an instant; one without an offset is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"“{text}” is not an instant; write one such as 2027-03-01T09:00Z") from None
    if moment.year not in YEARS:
        raise typer.BadParameter(f"“{text}” is out of reach; write one {REACH}")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


From = Annotated[
    datetime | None,
    typer.Option(
        "--from",
        metavar="DATE",
        parser=_day,
        show_default=False,
        help="From midnight UTC of this day, such as 2027-03-01.",
    ),
]

At = Annotated[
    datetime | None,
    typer.Option(
        "--at",
        metavar="INSTANT",
        parser=_instant,
        show_default=False,
        help="Act as if it were this instant, such as 2027-03-01T09:00Z; only where attune.yaml has rehearsal: true.",
    ),
]

WorkedUntil = Annotated[
    datetime | None,
    typer.Option(
        "--worked-until",
        metavar="INSTANT",
        parser=_instant,
        show_default=False,
        help="When the lost database was last at work, such as 2027-03-02T09:00Z; if left out, now.",
    ),
]


class Refused(Exception):
    """The command cannot do what was asked, for a reason its sentence gives; exit code 2."""


def write(file: Path, text: str) -> None:
    """Write what an option names a file for. Refuses where that cannot be written."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Refused(f"{file} cannot be written ({why}); name a file in a folder that is there and yours") from None


def make_folder(folder: Path) -> None:
    """Make what an option names a folder for. Refuses where nothing could be written into it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Refused(f"nothing can be written into {folder} ({why}); name a folder that is yours") from None


def named(known: Mapping[str, Thing], name: str, kind: str) -> Thing:
    """Find something by its id; where there is none, say what there is."""
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, 1)
    advice = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(known)) or 'none yet'}"
    raise Refused(f"there is no {kind} {name!r}; {advice}")


def end_of(first: datetime | None, weeks: int | None, now: datetime) -> datetime | None:
    """The end of so many weeks from a day, else from now; none where nobody said how many. Refuses what is over."""
    if weeks is None:
        return None
    end = (first or now) + timedelta(weeks=weeks)
    if end <= now:
        raise Refused(f"those weeks were over on {end:%Y-%m-%d}; ask from {now:%Y-%m-%d} on, or leave --from out")
    return end
