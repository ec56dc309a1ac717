"""``people.yaml``: who takes part, when they can, and who meets whom."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, PlainValidator, WithJsonSchema, model_validator

from agent.core.boundaries import Boundary, Strength
from agent.core.people import Medium
from agent.core.rules import Dates, Rule
from agent.core.whereabouts import Journey
from agent.settings import addresses, dates, places, weekdays
from agent.settings.mistakes import Mistake, quote, suggestion
from agent.settings.policy_file import CadenceOverride
from agent.settings.roster import CIRCLES, PAIRS
from agent.settings.section import Day, Days, Hours, LocalDates, LocalDay, Section, given
from agent.settings.time_rules import TimeRule

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
MOST_MENTEES = 29
"""Mentees of one circle: thirty people with the mentor."""

MOST_ENTRIES = 1000
"""Entries of any list that one person, pair or circle has: far more than anybody means to write."""


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


class AvailabilityRule(TimeRule):
    """When the person can meet."""


class GoodHoursRule(TimeRule):
    """When a meeting is no trouble."""


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

    def boundary(self, week_starts: int) -> Boundary:
        """Give the boundary as the core knows it, without its name."""
        return Boundary(
            self.rule(week_starts), Strength(self.strength), 1.0 if self.points is None else float(self.points)
        )


class MessagesOverride(Section):
    """What one person changes of the programme's message hours."""

    hours: Hours | None = Field(default=None, description="Hours of the day.")
    days: Days | None = Field(default=None, description="Days of the week.")


class TravelSection(Section):
    """A stay in another time zone."""

    dates: LocalDates = Field(description="The days there, first and last included.")
    time_zone: Zone = Field(description="IANA name of the time zone there.")

    def journey(self) -> Journey:
        """Give the stay as the core knows it."""
        return Journey(self.dates.first, self.dates.last, self.time_zone)


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
    calendars: tuple[BaseModel, ...] = Field(
        default=(), max_length=MOST_ENTRIES, description="Calendars that say when the person is busy."
    )
    availability: tuple[AvailabilityRule, ...] = Field(
        min_length=1, max_length=MOST_ENTRIES, description="When the person can meet."
    )
    boundaries: tuple[BoundaryRule, ...] = Field(
        default=(), max_length=MOST_ENTRIES, description="When not, or only at a cost."
    )
    good_hours: tuple[GoodHoursRule, ...] | None = Field(
        default=None,
        max_length=MOST_ENTRIES,
        description="When a meeting is no trouble: the further from them, the more it costs, by the formula of the "
        "programme's good hours; left out: the programme's.",
    )
    cannot_rotate: bool = Field(
        default=False,
        description="For whoever cannot take a turn at a bad hour: what would cost is forbidden. Nobody is shown this.",
    )
    travel: tuple[TravelSection, ...] = Field(
        default=(), max_length=MOST_ENTRIES, description="Stays in other time zones."
    )
    messages: MessagesOverride = Field(
        default_factory=MessagesOverride, description="When mail may arrive; what is left out is the programme's."
    )
    media: tuple[MediumName, ...] = Field(
        default=(Medium.VIDEO,),
        min_length=1,
        max_length=MOST_ENTRIES,
        description="How the person meets, the favourite first.",
    )
    week_starts: Day = given(
        "mon", weekdays.parse_day, "First day of the person's week, for “weeks” and the weekly limit."
    )

    @property
    def available(self) -> tuple[Rule, ...]:
        """The availability as the core knows it."""
        return tuple(rule.rule(self.week_starts) for rule in self.availability)

    @property
    def limits(self) -> tuple[Boundary, ...]:
        """The boundaries as the core knows them."""
        return tuple(rule.boundary(self.week_starts) for rule in self.boundaries)

    @property
    def journeys(self) -> tuple[Journey, ...]:
        """The travels in order."""
        return tuple(sorted((stay.journey() for stay in self.travel), key=lambda journey: journey.first))

    def good(self, default: Iterable[TimeRule]) -> tuple[Rule, ...]:
        """The good hours as the core knows them, the programme's where the person has none of their own."""
        rules = default if self.good_hours is None else self.good_hours
        return tuple(rule.rule(self.week_starts) for rule in rules)


class RelationshipSection(Section):
    """What pairs and circles share."""

    id: Identifier
    mentor: Reference
    cadence: CadenceOverride | None = Field(default=None, description="What differs from the programme's cadence.")
    starts: Moment | None = Field(
        default=None,
        description="When the first meeting is due: the mentor's local day, or an instant with its offset.",
    )
    ends: LocalDay | None = Field(default=None, description="The last of the mentor's local days with a meeting.")
    pauses: tuple[LocalDates, ...] = Field(
        default=(), max_length=MOST_ENTRIES, description="The mentor's local days without a meeting."
    )
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

    mentees: tuple[Reference, ...] = Field(min_length=1, max_length=MOST_MENTEES, description="The ids of the mentees.")

    @property
    def mentee_ids(self) -> tuple[str, ...]:
        """The mentees in the order written."""
        return self.mentees


BOND_SECTIONS: dict[str, type[RelationshipSection]] = {PAIRS: PairSection, CIRCLES: CircleSection}
"""The models of relationships, by the list they are in."""


class PeopleFile(Section):
    """The whole of people.yaml."""

    people: tuple[PersonSection, ...] = Field(default=(), description="Everybody who takes part.")
    pairs: tuple[PairSection, ...] = Field(default=(), description="One mentor and one mentee each.")
    circles: tuple[CircleSection, ...] = Field(default=(), description="One mentor and several mentees each.")
