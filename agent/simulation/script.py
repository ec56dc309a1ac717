"""The script of what people do to their own calendars while the programme runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

AGAIN = timedelta(hours=6)
"""When somebody looks again whose meeting is not in the calendar yet."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a person does.

    ``ahead`` is how long before its start a meeting may be chosen, ``by`` how far it is moved, ``until`` when a spoilt
    file is whole again.
    """

    id: str
    at: datetime
    kind: str
    person: str
    relationship: str = ""
    ahead: timedelta = timedelta()
    by: timedelta = timedelta()
    title: str = ""
    file: str = ""
    until: datetime | None = None

    def later(self) -> Act:
        """Give the same, some hours later."""
        return replace(self, at=self.at + AGAIN)


def read_script(path: Path) -> list[Act]:
    """Read the acts of a world, earliest first."""
    acts = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))["acts"]
    return sorted((_act(raw) for raw in acts), key=lambda act: act.at)


def _act(raw: dict[str, Any]) -> Act:
    done = raw["do"]
    return Act(
        id=raw["id"],
        at=raw["at"],
        kind=done["kind"],
        person=done["person"],
        relationship=done.get("relationship", ""),
        ahead=timedelta(hours=done.get("ahead", 0)),
        by=timedelta(minutes=done.get("by", 0)),
        title=done.get("title", ""),
        file=done.get("file", ""),
        until=done.get("until"),
    )
