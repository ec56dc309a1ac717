"""Wall-clock time that comes again: on days of the week, between dates, in some weeks, or by an RRULE."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Self

from pydantic import Field, model_validator

from agent.core.rules import Dates, Rule
from agent.core.timespan import DAY
from agent.settings import clocktimes, dates, weekdays
from agent.settings.mistakes import Mistake
from agent.settings.section import ClockTime, Days, LocalDay, RecurrenceRule, Section, SeveralDates, SomeWeeks, given

FAR = 41 * 366
"""Days over which a rule is tried. The rarest sensible one, 29 February on one weekday, comes within forty years."""

YEARS = range(1970, 2200)
"""Years that a recurrence may count from."""


class TimeRule(Section):
    """Wall-clock time in the person's own zone. It belongs to the day it starts on and may end on the next."""

    days: Days = given("daily", weekdays.parse_days, "Days of the week on which it starts.")
    start: ClockTime | None = Field(
        default=None, alias="from", description="When it starts; left out with “to”: all day."
    )
    end: ClockTime | None = Field(default=None, alias="to", description="When it ends; “24:00” is the end of the day.")
    dates: SeveralDates | None = Field(
        default=None, description="The only dates on which it starts, first and last included; or a list, as terms are."
    )
    weeks: SomeWeeks | None = Field(
        default=None, description="The only weeks in which it starts, as in “every 2 weeks from 2027-01-04”."
    )
    rrule: RecurrenceRule | None = Field(
        default=None, description="Instead of “days” and “weeks”: an RRULE (RFC 5545), daily or slower."
    )
    since: LocalDay | None = Field(default=None, description="The day from which the rrule counts.")

    @model_validator(mode="after")
    def _says_a_time(self) -> Self:
        if not self.model_fields_set & {"days", "start", "end", "dates", "weeks", "rrule", "since"}:
            raise Mistake("this says no time", "add “days”, “from” and “to”, or “dates”")
        if (self.start is None) != (self.end is None):
            missing = "from" if self.start is None else "to"
            raise Mistake(f"“{missing}” is missing", "write both “from” and “to”, or neither for the whole day")
        if self.start is not None and self.end is not None:
            self._stretch_is_sound(self.start, self.end)
        self._recurrence_is_whole()
        self._some_day_fits()
        return self

    @staticmethod
    def _stretch_is_sound(start: int, end: int) -> None:
        try:
            clocktimes.stretch(start, end)
        except Mistake as mistake:
            raise Mistake(mistake.wrong, mistake.advice, at=("to" if start == end else "from",)) from None

    def _recurrence_is_whole(self) -> None:
        if self.rrule is None:
            if self.since is not None:
                raise Mistake("“since” goes with “rrule” only", "leave it out, or write “dates”", at=("since",))
            return
        for key, part in (("days", "BYDAY"), ("weeks", "INTERVAL")):
            if key in self.model_fields_set:
                raise Mistake(f"“{key}” does not go with “rrule”", f"leave it out, and say it by {part}", at=(key,))
        if self.since is None:
            raise Mistake("“since” is missing", "write the day from which the rrule counts, as in “since: 2027-01-04”")
        if self.since.year not in YEARS:
            raise Mistake("this is too far away", f"write a day from {YEARS[0]} to {YEARS[-1]}", at=("since",))

    def _some_day_fits(self) -> None:
        if not self.dates and not self.rrule:
            return
        beginnings = range(7) if self.weeks else (0,)  # whose week it is, is not known here
        if any(rule.days(among) for rule in map(self.rule, beginnings) for among in self._tried()):
            return
        if not self.dates:
            raise Mistake(f"no day from {self.since} on fits this in forty years", "correct the rule", at=("rrule",))
        allowed = "one that the rrule names" if self.rrule else weekdays.spoken_days(self.days)
        where = dates.spoken_dates(self.dates[0]) if len(self.dates) == 1 else "these dates"
        advice = f"correct the dates, or leave “{'rrule' if self.rrule else 'weeks' if self.weeks else 'days'}” out"
        weeks = " in one of those weeks" if self.weeks else ""
        raise Mistake(f"no day of {where} is {allowed}{weeks}", advice, at=("dates",))

    def _tried(self) -> Iterator[range]:
        """Days among which one has to fit."""
        if self.since is not None:
            first = self.since.toordinal()
            limits = (first, first + FAR)
        else:
            limits = (date.min.toordinal(), date.max.toordinal())
        far = FAR if self.rrule else 7 * (self.weeks.number + 1 if self.weeks else 1)
        for reach in (min(far, 366), far):  # most rules come within a year, and forty take a while
            for each in self.dates or (dates.Dates(date.min, date.max),):
                first = max(each.first.toordinal(), limits[0])
                yield range(first, min(each.last.toordinal(), limits[1], first + reach - 1) + 1)

    def rule(self, week_starts: int = 0) -> Rule:
        """Give the rule as the core knows it, for somebody whose week begins on this weekday, Monday as 0."""
        start, end = (0, DAY) if self.start is None or self.end is None else clocktimes.stretch(self.start, self.end)
        return Rule(
            self.days,
            start,
            end,
            tuple(Dates(each.first, each.last) for each in self.dates or ()),
            self.weeks.beginning_on(week_starts) if self.weeks else None,
            self.rrule.since(self.since) if self.rrule and self.since else None,
        )
