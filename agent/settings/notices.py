"""What is allowed and yet worth a look before the first run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel

from agent.core.timespan import DAY, Span, floor_minute
from agent.settings import secret_files
from agent.settings.document import spoken_path
from agent.settings.durations import spoken
from agent.settings.errors import Problem
from agent.settings.load import Settings
from agent.settings.meeting_rules import longest_together
from agent.settings.people_rules import AT_HAND
from agent.settings.progress import Passed, silent, told
from agent.settings.rule_notices import rule_notices

FILE_KEYS = ("password_file", "client_secret_file", "trust", "path")
"""Keys of connectors that name a file of the deployment."""


def notices(settings: Settings, now: datetime, passed: Passed = silent) -> list[Problem]:
    """Give what ``check`` mentions without failing: what is missing, who is left out or never meets, what is over.

    They come in this order.
    """
    rules = (_note(settings, *each) for each in rule_notices(settings, now))
    return [
        *_mail(settings),
        *_calendars(settings),
        *_people(settings),
        *_never_together(settings, now, passed),
        *rules,
    ]


def _mail(settings: Settings) -> Iterator[Problem]:
    yield from _missing(settings, "attune.yaml", ("mail", "smtp"), settings.attune.mail.smtp)
    for name, client in settings.attune.clients.items():
        yield from _missing(settings, "attune.yaml", (name,), client)


def _calendars(settings: Settings) -> Iterator[Problem]:
    for index, person in enumerate(settings.people.people):
        for number, calendar in enumerate(person.calendars):
            path = ("people", index, "calendars", number)
            yield from _missing(settings, "people.yaml", path, calendar)
            if (kind := getattr(calendar, "kind", "")) in settings.attune.unregistered:
                wrong = f"nobody can grant access at {kind}: attune.yaml has no section “{kind}”"
                yield _note(settings, "people.yaml", path, wrong, "write the client there that you have registered")


def _missing(settings: Settings, file: str, path: tuple[str | int, ...], connector: BaseModel) -> Iterator[Problem]:
    for key in FILE_KEYS:
        name = getattr(connector, key, None)
        if isinstance(name, str) and (wrong := _unusable(settings.home / Path(name).expanduser())):
            yield _note(settings, file, (*path, key), wrong, "mend it before the first run")
    for key, name in secret_files.named(connector):
        if secret_files.readable_by_others(settings.home / Path(name).expanduser()):
            yield _note(settings, file, (*path, key), secret_files.FOR_OTHERS, secret_files.ADVICE)


def _unusable(path: Path) -> str | None:
    try:
        if path.is_dir():
            return "this is a folder, not a file"
        return None if path.is_file() else "there is no such file yet"
    except OSError as error:
        return f"this file cannot be looked at ({error.strerror})"


def _people(settings: Settings) -> Iterator[Problem]:
    for index, person in enumerate(settings.people.people):
        if not person.calendars:
            advice = "add one under “calendars”, or keep the availability exact"
            yield _note(settings, "people.yaml", ("people", index), "no calendar says when this person is busy", advice)
        if not settings.people.roster.bonds_of(person.id):
            advice = "add one under “pairs” or “circles”"
            yield _note(settings, "people.yaml", ("people", index), "this person is in no pair and no circle", advice)


def _never_together(settings: Settings, now: datetime, passed: Passed) -> Iterator[Problem]:
    """Note who has no time in common, whatever the calendars say, in this fortnight and in one half a year on."""
    today = floor_minute(now)
    windows = [Span(today + start * DAY, today + (start + 15) * DAY) for start in (0, 182)]
    person = lru_cache(AT_HAND)(settings.people.person)
    for key, sections in (("pairs", settings.people.pairs), ("circles", settings.people.circles)):
        for index, section in enumerate(told(sections, len(sections), passed)):
            present = [person(who) for who in (section.mentor, *section.mentee_ids)]
            duration = settings.policy.values(section.cadence).cadence.duration
            if all(longest_together(present, settings.policy, window) < duration for window in windows):
                wrong = f"these people are never all available for {spoken(duration)}, whatever their calendars say"
                yield _note(
                    settings, "people.yaml", (key, index), wrong, "widen “availability”, or shorten the meeting"
                )


def _note(settings: Settings, file: str, path: tuple[str | int, ...], wrong: str, advice: str) -> Problem:
    return Problem(file, settings.documents[file].position(path), spoken_path(path), wrong, advice)
