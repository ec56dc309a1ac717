"""One digest for all that binds a relationship, so that a change of the files is noticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta

from pydantic import BaseModel, SecretStr

from agent.core.relationships import Relationship
from agent.core.zones import VERSION


def digest(
    relationship: Relationship,
    regions: Mapping[str, str | None],
    calendars: Mapping[str, tuple[BaseModel, ...]],
) -> str:
    """Give 64 hexadecimal digits: a region stands for its holidays, whose years move on by themselves.

    The release of the zone rules is part of it: with a new one everything that is booked is looked at again.
    Secrets are left out: a new password for the same calendar changes nothing about when people can meet.
    """
    mentor, *mentees = (replace(person, holidays=frozenset()) for person in relationship.people)
    binding = {
        "relationship": replace(relationship, mentor=mentor, mentees=tuple(mentees)),
        "zone_rules": VERSION,
        "regions": {person.id: regions[person.id] for person in relationship.people},
        "calendars": {
            person.id: [_open_part(calendar) for calendar in calendars[person.id]] for person in relationship.people
        },
    }
    text = json.dumps(binding, sort_keys=True, default=_plain, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _open_part(settings: BaseModel) -> dict[str, object]:
    written = settings.model_dump().items()
    return {key: value for key, value in written if value is not None and not isinstance(value, SecretStr)}


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    raise TypeError(f"no stable text for {type(value).__name__}")
