"""Who takes part and what each of them allows, read from the deployment's files by this checker's own lights."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import holidays
from ruamel.yaml import YAML

from .wall import WallRule, hours_rule, local, wall_rule

UNITS = {"min": "minutes", "h": "hours", "day": "days", "days": "days", "week": "weeks", "weeks": "weeks"}


@dataclass(frozen=True)
class Participant:
    """One person's rules. ``off`` are public holidays; ``calendars`` is what people.yaml says of them."""

    id: str
    email: str
    zone: str
    open: tuple[WallRule, ...]
    shut: tuple[WallRule, ...]
    letters: WallRule
    off: frozenset[date]
    calendars: tuple[dict[str, Any], ...]

    def allows(self, moment: datetime) -> bool:
        """Whether this minute may belong to a meeting, busy time aside."""
        wall = local(moment, self.zone)
        inside = any(rule.holds(wall) for rule in self.open)
        return inside and wall.date() not in self.off and not any(rule.holds(wall) for rule in self.shut)

    def may_be_written_to(self, moment: datetime) -> bool:
        """Whether a mail may arrive at this minute."""
        return self.letters.holds(local(moment, self.zone))


@dataclass(frozen=True)
class Bond:
    """A pair or circle: who belongs to it, and how far apart its meetings are at the least."""

    id: str
    people: tuple[str, ...]
    least: timedelta
    every: timedelta


@dataclass(frozen=True)
class Roll:
    """Everybody and every relationship of a deployment, and the address that Attune writes from."""

    people: dict[str, Participant]
    bonds: dict[str, Bond]
    sender: str
    private: frozenset[str] = field(repr=False)

    def by_email(self, email: str) -> Participant | None:
        """Whose address this is."""
        return next((p for p in self.people.values() if p.email == email.lower()), None)

    def bond_of(self, emails: frozenset[str]) -> Bond | None:
        """The relationship of exactly these people."""
        ids = {p.id for p in self.people.values() if p.email in emails}
        return next((b for b in self.bonds.values() if set(b.people) == ids), None)


def read_roll(home: Path, years: range) -> Roll:
    """Read a deployment folder. ``private`` are its labels."""
    attune, policy, people = (_yaml(home / f"{name}.yaml") for name in ("attune", "policy", "people"))
    keep_holidays = (policy or {}).get("holidays", "respect") == "respect"
    found = [_participant(raw, policy or {}, years, keep_holidays) for raw in people["people"]]
    bonds = [_bond(raw, policy or {}) for key in ("pairs", "circles") for raw in people.get(key) or ()]
    labels = {str(b["label"]) for raw in people["people"] for b in raw.get("boundaries") or () if b.get("label")}
    sender = parseaddr(attune["mail"]["from"])[1].lower()
    return Roll({p.id: p for p in found}, {b.id: b for b in bonds}, sender, frozenset(labels))


def _yaml(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def _participant(raw: dict[str, Any], policy: dict[str, Any], years: range, keep_holidays: bool) -> Participant:
    letters = {"hours": "08:00-18:30", "days": "mon-fri"} | policy.get("messages", {}) | raw.get("messages", {})
    shut = [b for b in raw.get("boundaries") or () if b.get("strength", "hard") == "hard"]
    return Participant(
        id=raw["id"],
        email=raw["email"].lower(),
        zone=raw["time_zone"],
        open=tuple(wall_rule(rule) for rule in raw["availability"]),
        shut=tuple(wall_rule(rule) for rule in shut),
        letters=hours_rule(letters["hours"], letters["days"]),
        off=_public_holidays(raw.get("region"), years) if keep_holidays else frozenset(),
        calendars=tuple(raw.get("calendars") or ()),
    )


def _public_holidays(region: str | None, years: range) -> frozenset[date]:
    if not region:
        return frozenset()
    country, _, part = region.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=years))


def _bond(raw: dict[str, Any], policy: dict[str, Any]) -> Bond:
    cadence = {"every": "2 weeks", "window": "4 days"} | policy.get("cadence", {}) | (raw.get("cadence") or {})
    every, window = length(cadence["every"]), length(cadence["window"])
    mentees = raw["mentees"] if "mentees" in raw else [raw["mentee"]]
    return Bond(raw["id"], (raw["mentor"], *mentees), every - window, every)


def length(written: str) -> timedelta:
    """Read a length of time such as ``2 weeks`` or ``1 h 30 min``."""
    parts = re.findall(r"(\d+)\s*(min|h|days?|weeks?)", written)
    return sum((timedelta(**{UNITS[unit]: int(number)}) for number, unit in parts), timedelta())
