"""What each person's raw rules say of a minute, read off the clock at their own wall."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import holidays

from agent.simulation.outside.people import length
from agent.simulation.outside.wall import WallRule, hours_rule, local, wall_rule

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NINE_TO_FIVE = {"from": "09:00", "to": "17:00"}
MESSAGES = {"hours": "08:00-18:30", "days": "mon-fri"}
CADENCE = {"every": "2 weeks", "window": "4 days"}


@dataclass(frozen=True)
class Journey:
    """A stay elsewhere: local days there, both included."""

    first: date
    last: date
    zone: str


@dataclass(frozen=True)
class Rulebook:
    """One person's rules: of each set in ``must`` one has to hold, and none in ``never``."""

    zone: str
    journeys: tuple[Journey, ...]
    must: tuple[tuple[WallRule, ...], ...]
    never: tuple[WallRule, ...]
    letters: WallRule
    off: frozenset[date]

    def wall(self, minute: int) -> datetime:
        """What the person's clock shows."""
        moment = EPOCH + minute * MINUTE
        for journey in self.journeys:
            there = local(moment, journey.zone)
            if journey.first <= there.date() <= journey.last:
                return there
        return local(moment, self.zone)

    def allows(self, minute: int) -> bool:
        """Whether a minute may belong to a meeting, busy time aside."""
        wall = self.wall(minute)
        if wall.date() in self.off or any(rule.holds(wall) for rule in self.never):
            return False
        return all(any(rule.holds(wall) for rule in rules) for rules in self.must)

    def first_forbidden(self, start: int, end: int) -> int | None:
        """Give the first minute of a span that is not allowed, None where all are."""
        return next((minute for minute in range(start, end) if not self.allows(minute)), None)

    def may_be_written_to(self, minute: int) -> bool:
        """Whether a mail may arrive at this minute."""
        return self.letters.holds(self.wall(minute))


def read(people: Iterable[Mapping[str, Any]], policy: Mapping[str, Any], years: range) -> dict[str, Rulebook]:
    """Read everybody's."""
    return {raw["id"]: _rulebook(raw, policy, years) for raw in people}


def cadence(policy: Mapping[str, Any], own: Mapping[str, str]) -> tuple[int, int]:
    """Give how far apart meetings are, and how much earlier or later one may be, in minutes."""
    found = {**CADENCE, **policy.get("cadence", {}), **own}
    return length(found["every"]) // MINUTE, length(found["window"]) // MINUTE


def _rulebook(raw: Mapping[str, Any], policy: Mapping[str, Any], years: range) -> Rulebook:
    boundaries, rotates = raw.get("boundaries", ()), not raw.get("cannot_rotate", False)
    never = [each for each in boundaries if each.get("strength", "hard") == "hard" or not rotates]
    must = [raw["availability"]]
    if not rotates and (good := raw.get("good_hours", policy.get("good_hours", [NINE_TO_FIVE]))):
        must.append(good)
    messages = {**MESSAGES, **policy.get("messages", {}), **raw.get("messages", {})}
    respect = policy.get("holidays", "respect") == "respect"
    return Rulebook(
        zone=raw["time_zone"],
        journeys=tuple(_journeys(raw.get("travel", ()))),
        must=tuple(tuple(wall_rule(dict(rule)) for rule in rules) for rules in must),
        never=tuple(wall_rule(dict(rule)) for rule in never),
        letters=hours_rule(messages["hours"], messages["days"]),
        off=_public_holidays(raw.get("region"), years) if respect else frozenset(),
    )


def _journeys(written: Iterable[Mapping[str, str]]) -> Iterator[Journey]:
    for each in written:
        ends = each["dates"].split("..")
        yield Journey(date.fromisoformat(ends[0]), date.fromisoformat(ends[-1]), each["time_zone"])


def _public_holidays(region: str | None, years: range) -> frozenset[date]:
    if not region:
        return frozenset()
    country, _, part = region.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=years))
