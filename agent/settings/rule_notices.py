"""Rules that may stand and are most likely not meant: what is over, and good hours that run through the night."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from agent.core.timespan import DAY
from agent.settings.clocktimes import spoken_time, stretch
from agent.settings.load import Settings
from agent.settings.people_file import PersonSection
from agent.settings.positions import Path
from agent.settings.time_rules import TimeRule

NIGHT = 9 * 60
"""Good hours that cross midnight and are longer than this (minutes) are taken for a day written the wrong way round."""

Notice = tuple[str, Path, str, str]
"""File, path, what is odd, what to do."""


def rule_notices(settings: Settings, now: datetime) -> Iterator[Notice]:
    """Give every such rule. Something is over when its last day is, whatever the zone."""
    today = (now - timedelta(days=1)).date()
    yield from _rules("policy.yaml", ("good_hours",), settings.policy.good_hours, today)
    for index, person in enumerate(settings.people.people):
        for number, stay in enumerate(person.travel):
            if stay.dates.last < today:
                path = ("people", index, "travel", number, "dates")
                yield (
                    "people.yaml",
                    path,
                    f"this travel was over on {stay.dates.last}",
                    "take it out, or correct the year",
                )
        for key, rules in _lists(person):
            yield from _rules("people.yaml", ("people", index, key), rules, today)


def _lists(person: PersonSection) -> Iterator[tuple[str, Iterable[TimeRule]]]:
    yield "availability", person.availability
    yield "boundaries", person.boundaries
    yield "good_hours", person.good_hours or ()


def _rules(file: str, where: Path, rules: Iterable[TimeRule], today: date) -> Iterator[Notice]:
    for number, rule in enumerate(rules):
        last = rule.rrule.last if rule.rrule else None
        if last is not None and last < today:
            wrong = f"this recurrence was over on {last}, so the rule does nothing"
            yield file, (*where, number, "rrule"), wrong, "write a later UNTIL, or leave it out"
        if where[-1] == "good_hours" and _through_the_night(rule):
            start, end = spoken_time(rule.start or 0), spoken_time(rule.end or 0)
            wrong = f"these good hours run through the night, from {start} to {end} of the next day"
            yield file, (*where, number, "from"), wrong, f"if the day is meant, write “from: {end}” and “to: {start}”"


def _through_the_night(rule: TimeRule) -> bool:
    if rule.start is None or rule.end is None:
        return False
    start, end = stretch(rule.start, rule.end)
    return end > DAY and end - start > NIGHT
