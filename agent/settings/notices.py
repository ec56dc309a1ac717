"""What is allowed and yet worth a look before the first run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from agent.settings.document import spoken_path
from agent.settings.errors import Problem
from agent.settings.load import Settings

FILE_KEYS = ("password_file", "path")
"""Keys of connectors that name a file of the deployment."""


def notices(settings: Settings) -> list[Problem]:
    """Give what ``check`` mentions without failing: files that are not there yet, people whom nothing happens to."""
    return [*_mail(settings), *_calendars(settings), *_people(settings)]


def _mail(settings: Settings) -> Iterator[Problem]:
    yield from _missing(settings, "attune.yaml", ("mail", "smtp"), settings.attune.mail.smtp)


def _calendars(settings: Settings) -> Iterator[Problem]:
    for index, person in enumerate(settings.people.people):
        for number, calendar in enumerate(person.calendars):
            yield from _missing(settings, "people.yaml", ("people", index, "calendars", number), calendar)


def _missing(settings: Settings, file: str, path: tuple[str | int, ...], connector: BaseModel) -> Iterator[Problem]:
    for key in FILE_KEYS:
        name = getattr(connector, key, None)
        if isinstance(name, str) and not (settings.home / Path(name).expanduser()).is_file():
            yield _note(settings, file, (*path, key), "there is no such file yet", "write it before the first run")


def _people(settings: Settings) -> Iterator[Problem]:
    busy = {who for found in settings.people.relationships for who in (found.mentor, *found.mentee_ids)}
    for index, person in enumerate(settings.people.people):
        if not person.calendars:
            advice = "add one under “calendars”, or keep the availability exact"
            yield _note(settings, "people.yaml", ("people", index), "no calendar says when this person is busy", advice)
        if person.id not in busy:
            advice = "add one under “pairs” or “circles”"
            yield _note(settings, "people.yaml", ("people", index), "this person is in no pair and no circle", advice)


def _note(settings: Settings, file: str, path: tuple[str | int, ...], wrong: str, advice: str) -> Problem:
    return Problem(file, settings.documents[file].position(path), spoken_path(path), wrong, advice)
