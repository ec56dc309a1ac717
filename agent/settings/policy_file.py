"""``policy.yaml``: what binds every pair and circle that sets nothing of its own. It may be empty."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue, field_validator

from agent.core.policy import Buffers, Cadence, Limits, Policy
from agent.settings import clocktimes, durations, shares, weekdays
from agent.settings.mistakes import Mistake
from agent.settings.section import (
    After,
    Before,
    Days,
    Duration,
    DurationOrNone,
    Hours,
    LongDuration,
    Section,
    Share,
    given,
)
from agent.settings.time_rules import TimeRule


class CadenceSection(Section):
    """How often a relationship meets."""

    every: LongDuration = given("2 weeks", durations.lengthy, "From the start of one meeting to the next.")
    window: LongDuration = given("4 days", durations.lengthy, "How much earlier or later than due a meeting may be.")
    duration: Duration = given("45 min", durations.positive, "How long a meeting takes.")


class CadenceOverride(Section):
    """What one relationship changes of the programme's cadence; what is left out is the programme's."""

    every: LongDuration | None = Field(default=None, description="From the start of one meeting to the next.")
    window: LongDuration | None = Field(
        default=None, description="How much earlier or later than due a meeting may be."
    )
    duration: Duration | None = Field(default=None, description="How long a meeting takes.")

    def over(self, cadence: Cadence) -> Cadence:
        """Give the programme's cadence with these changes."""
        return Cadence(
            every=self.every or cadence.every,
            window=self.window or cadence.window,
            duration=self.duration or cadence.duration,
        )


class BuffersSection(Section):
    """Room kept free around a meeting, against busy time and other meetings only."""

    before: DurationOrNone = given("5 min", durations.parse, "Before it.")
    after: DurationOrNone = given("10 min", durations.parse, "After it.")


class LimitsSection(Section):
    """The most of Attune's meetings that one person has, all their pairs and circles together."""

    per_day: int = Field(default=2, ge=1, le=24, strict=True, description="In one local day.")
    per_week: int = Field(default=5, ge=1, le=100, strict=True, description="In one local week.")


class MessagesSection(Section):
    """When mail may arrive, in the recipient's own time."""

    hours: Hours = given("08:00-18:30", clocktimes.parse_hours, "Hours of the day.")
    days: Days = given("mon-fri", weekdays.parse_days, "Days of the week.")


class AgendaSection(Section):
    """The mail before a meeting."""

    send: Before = given("48 h before", durations.before, "When it is sent.")


class FollowUpSection(Section):
    """The mail after a meeting."""

    send: After = given("2 h after", durations.after, "When it is sent.")


PRICE_OF_DISTANCE = (
    "Outside them a minute costs (q/8)² points, where q is how far it is to the nearest good minute, in quarters of an "
    "hour, rounded up: 1/4 point one hour off, 1 two hours off, 2 1/4 three hours off; from twelve hours on 36."
)

NINE_TO_FIVE: dict[str, JsonValue] = {"from": "09:00", "to": "17:00"}


class PolicyFile(Section):
    """The whole of policy.yaml."""

    cadence: CadenceSection = Field(default_factory=CadenceSection, description="How often a relationship meets.")
    notice: DurationOrNone = given("24 h", durations.parse, "Nothing is booked or moved later than this.")
    horizon: LongDuration = given("6 weeks", durations.lengthy, "How far ahead Attune looks and books.")
    grid: Duration = given(
        "15 min", durations.positive, "Meetings start at multiples of this; it divides a day evenly."
    )
    buffers: BuffersSection = Field(default_factory=BuffersSection, description="Room kept free around a meeting.")
    limits: LimitsSection = Field(default_factory=LimitsSection, description="The most meetings that one person has.")
    messages: MessagesSection = Field(default_factory=MessagesSection, description="When mail may arrive.")
    agenda: AgendaSection = Field(default_factory=AgendaSection, description="The mail before a meeting.")
    follow_up: FollowUpSection = Field(default_factory=FollowUpSection, description="The mail after a meeting.")
    good_hours: tuple[TimeRule, ...] = Field(
        default_factory=lambda: (TimeRule.model_validate(NINE_TO_FIVE),),
        description="When a meeting is no trouble, where a person says nothing else; empty: every hour is as good. "
        f"{PRICE_OF_DISTANCE}",
        json_schema_extra={"default": [NINE_TO_FIVE]},
    )
    holidays: Literal["respect", "ignore"] = Field(
        default="respect", description="Whether public holidays of a person's region are kept free."
    )
    fairness: float = Field(
        default=0.5,
        strict=True,
        description="How much taking turns with inconvenient hours counts: 0 not at all, always below 1.",
        json_schema_extra={"minimum": 0, "exclusiveMaximum": 1},
    )
    refuse_above: Share = given(
        "20 %",
        shares.parse,
        "A change of this file is refused that leaves more than this share of the pairs and circles without a time, of "
        "those that have one under the policy taken in last; 100 % never refuses.",
    )

    @field_validator("fairness")
    @classmethod
    def _below_one(cls, value: float) -> float:
        if 0 <= value < 1:
            return value
        wrong = "1 or more, where fairness only adds burden to the luckier side"
        raise Mistake(
            f"“{value:g}” is {wrong if value >= 1 else 'below 0, where the inconvenient hour stays with one side'}",
            "write at least 0 and less than 1, such as 0.5",
        )

    def values(self, cadence: CadenceOverride | None = None) -> Policy:
        """Give the policy with what one relationship changes."""
        own = Cadence(self.cadence.every, self.cadence.window, self.cadence.duration)
        return Policy(
            cadence=cadence.over(own) if cadence else own,
            notice=self.notice,
            horizon=self.horizon,
            grid=self.grid,
            buffers=Buffers(self.buffers.before, self.buffers.after),
            limits=Limits(self.limits.per_day, self.limits.per_week),
            agenda_before=self.agenda.send,
            follow_up_after=self.follow_up.send,
            fairness=self.fairness,
        )
