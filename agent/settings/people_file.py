"""``people.yaml``: who takes part, when they can, and who meets whom."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, PlainValidator, WithJsonSchema, model_validator

from agent.core.boundaries import Boundary, Strength
from agent.core.people import Medium
from agent.core.rules import Dates, Rule
from agent.core.timespan import DAY
from agent.settings import addresses, clocktimes, dates, places, weekdays
from agent.settings.mistakes import Mistake, quote, suggestion
from agent.settings.policy_file import CadenceOverride
from agent.settings.section import ClockTime, Day, Days, Hours, LocalDates, Section, given

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"
Identifier = Annotated[
    str, Field(pattern=ID_PATTERN, description="Its name in commands and in the journal, never in mails.")
]
Reference = Annotated[str, Field(description="The id of a person.")]
Email = Annotated[str, PlainValidator(addresses.parse_email), WithJsonSchema({"type": "string", "format": "email"})]
Zone = Annotated[
    str,
    PlainValidator(places.parse_zone),
    WithJsonSchema({"type": "string", "examples": ["Europe/Lisbon", "Asia/Kolkata"]}),
]
Language = Annotated[
    str, PlainValidator(places.parse_language), WithJsonSchema({"type": "string", "enum": list(places.LANGUAGES)})
]
Region = Annotated[
    str,
    PlainValidator(places.parse_region),
    WithJsonSchema({"type": "string", "pattern": places.REGION_PATTERN, "examples": ["PT", "GB-SCT"]}),
]
Moment = Annotated[
    date | datetime,
    PlainValidator(dates.parse_moment),
    WithJsonSchema(
        {"type": "string", "pattern": dates.MOMENT_PATTERN, "examples": ["2027-01-04", "2027-01-04T09:00:00Z"]}
    ),
]
LastDay = Annotated[
    date, PlainValidator(dates.parse_date), WithJsonSchema({"type": "string", "pattern": dates.DATE_PATTERN})
]


def _medium(value: object) -> Medium:
    names = [medium.value for medium in Medium]
    if isinstance(value, str) and value in names:
        return Medium(value)
    raise Mistake(f"{quote(value)} is not a medium", suggestion(value, names, f"write one of {', '.join(names)}"))


MediumName = Annotated[
    Medium,
    PlainValidator(_medium),
    WithJsonSchema({"type": "string", "enum": [medium.value for medium in Medium]}),
]


def _forget(_value: object) -> None:
    """Accept whatever is there and keep nothing of it."""


Forgotten = Annotated[None, PlainValidator(_forget), WithJsonSchema({"type": "string"})]


class TimeRule(Section):
    """Wall-clock time in the person's own zone. It belongs to the day it starts on and may end on the next."""

    days: Days = given("daily", weekdays.parse_days, "Days of the week on which it starts.")
    start: ClockTime | None = Field(
        default=None, alias="from", description="When it starts; left out with “to”: all day."
    )
    end: ClockTime | None = Field(default=None, alias="to", description="When it ends; “24:00” is the end of the day.")
    dates: LocalDates | None = Field(default=None, description="The only dates on which it starts, both included.")

    @model_validator(mode="after")
    def _says_a_time(self) -> Self:
        if not self.model_fields_set & {"days", "start", "end", "dates"}:
            raise Mistake("this says no time", "add “days”, “from” and “to”, or “dates”")
        if (self.start is None) != (self.end is None):
            missing = "from" if self.start is None else "to"
            raise Mistake(f"“{missing}” is missing", "write both “from” and “to”, or neither for the whole day")
        if self.start is not None and self.end is not None:
            self._stretch_is_sound(self.start, self.end)
        if self.dates and not any(self.rule().applies(day) for day in _first_week(self.dates)):
            spoken = f"no day of {dates.spoken_dates(self.dates)} is {weekdays.spoken_days(self.days)}"
            raise Mistake(spoken, "correct the dates, or leave “days” out", at=("dates",))
        return self

    @staticmethod
    def _stretch_is_sound(start: int, end: int) -> None:
        try:
            clocktimes.stretch(start, end)
        except Mistake as mistake:
            raise Mistake(mistake.wrong, mistake.advice, at=("to" if start == end else "from",)) from None

    def rule(self) -> Rule:
        """Give the rule as the core knows it."""
        start, end = (0, DAY) if self.start is None or self.end is None else clocktimes.stretch(self.start, self.end)
        dates = (Dates(self.dates.first, self.dates.last),) if self.dates else ()
        return Rule(self.days, start, end, dates)


def _first_week(days: dates.Dates) -> list[date]:
    last = min(days.last.toordinal(), days.first.toordinal() + 6)
    return [date.fromordinal(number) for number in range(days.first.toordinal(), last + 1)]


class AvailabilityRule(TimeRule):
    """When the person can meet."""


class BoundaryRule(TimeRule):
    """When the person does not want to meet."""

    label: Forgotten = Field(default=None, description="A private name. Attune never shows it anywhere.")
    strength: Literal["hard", "soft"] = Field(default="hard", description="Whether it is never crossed, or costs.")
    points: float | None = Field(
        default=None,
        gt=0,
        le=1000,
        strict=True,
        description="What each minute inside costs, where soft; 1 if left out.",
    )

    @model_validator(mode="after")
    def _points_are_for_soft(self) -> Self:
        if self.points is not None and self.strength == "hard":
            raise Mistake("a hard boundary has no points", "leave them out, or write “strength: soft”", at=("points",))
        return self

    def boundary(self) -> Boundary:
        """Give the boundary as the core knows it, without its name."""
        return Boundary(self.rule(), Strength(self.strength), 1.0 if self.points is None else float(self.points))


class MessagesOverride(Section):
    """What one person changes of the programme's message hours."""

    hours: Hours | None = Field(default=None, description="Hours of the day.")
    days: Days | None = Field(default=None, description="Days of the week.")


class PersonSection(Section):
    """One participant. The type of its calendars is put in by ``models.file_models``."""

    id: Identifier
    name: str = Field(min_length=1, max_length=120, pattern=r"^\S[^\r\n]*$", description="The name that others read.")
    email: Email = Field(description="Where mail goes.")
    time_zone: Zone = Field(description="IANA name of the time zone, such as Europe/Lisbon.")
    language: Language = Field(default="en", description="Language of the mails.")
    region: Region | None = Field(
        default=None, description="Country, or part of one, whose public holidays are kept free."
    )
    calendars: tuple[BaseModel, ...] = Field(default=(), description="Calendars that say when the person is busy.")
    availability: tuple[AvailabilityRule, ...] = Field(min_length=1, description="When the person can meet.")
    boundaries: tuple[BoundaryRule, ...] = Field(default=(), description="When not, or only at a cost.")
    messages: MessagesOverride = Field(
        default_factory=MessagesOverride, description="When mail may arrive; what is left out is the programme's."
    )
    media: tuple[MediumName, ...] = Field(
        default=(Medium.VIDEO,), min_length=1, description="How the person meets, the favourite first."
    )
    week_starts: Day = given("mon", weekdays.parse_day, "First day of the person's week, for the weekly limit.")


class RelationshipSection(Section):
    """What pairs and circles share."""

    id: Identifier
    mentor: Reference
    cadence: CadenceOverride | None = Field(default=None, description="What differs from the programme's cadence.")
    starts: Moment | None = Field(
        default=None,
        description="When the first meeting is due: the mentor's local day, or an instant with its offset.",
    )
    ends: LastDay | None = Field(default=None, description="The last of the mentor's local days with a meeting.")
    pauses: tuple[LocalDates, ...] = Field(default=(), description="The mentor's local days without a meeting.")
    paused: bool = Field(default=False, description="Whether everything stands still until this is taken away.")

    @property
    @abstractmethod
    def mentee_ids(self) -> tuple[str, ...]:
        """The mentees in the order written."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The pauses as the core knows them."""
        return tuple(Rule(dates=(Dates(pause.first, pause.last),)) for pause in self.pauses)


class PairSection(RelationshipSection):
    """A mentor and a mentee."""

    mentee: Reference

    @property
    def mentee_ids(self) -> tuple[str, ...]:
        """The one mentee."""
        return (self.mentee,)


class CircleSection(RelationshipSection):
    """One mentor with several mentees, who all have to be there."""

    mentees: tuple[Reference, ...] = Field(min_length=1, description="The ids of the mentees.")

    @property
    def mentee_ids(self) -> tuple[str, ...]:
        """The mentees in the order written."""
        return self.mentees


class PeopleFile(Section):
    """The whole of people.yaml."""

    people: tuple[PersonSection, ...] = Field(default=(), description="Everybody who takes part.")
    pairs: tuple[PairSection, ...] = Field(default=(), description="One mentor and one mentee each.")
    circles: tuple[CircleSection, ...] = Field(default=(), description="One mentor and several mentees each.")

    @property
    def relationships(self) -> tuple[RelationshipSection, ...]:
        """Pairs, then circles."""
        return (*self.pairs, *self.circles)
