"""What every group of keys in the three files has in common."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema, model_validator

from agent.settings import clocktimes, dates, durations, recurrences, shares, weekdays, weeks

T = TypeVar("T")


class Section(BaseModel):
    """A group of keys. Unknown keys are refused; a known key with nothing behind it counts as not given."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        known = keys_of(cls)
        return {key: value for key, value in data.items() if value is not None or key not in known}


@lru_cache(maxsize=256)
def keys_of(model: type[BaseModel]) -> tuple[str, ...]:
    """Give the keys of a group as they are written, in order."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


def given(text: Any, parse: Callable[[object], T], description: str) -> T:
    """Describe a key whose default is written as in the file, for the schema, and read as from it, for the value."""
    field: T = Field(default=parse(text), description=description, json_schema_extra={"default": text})
    return field


def _text(pattern: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": list(examples)})


_DURATION = _text(durations.PATTERN, "2 weeks", "4 days", "1 h 30 min", "45 min")
Duration = Annotated[timedelta, PlainValidator(durations.positive), _DURATION]
LongDuration = Annotated[timedelta, PlainValidator(durations.lengthy), _DURATION]
DurationOrNone = Annotated[timedelta, PlainValidator(durations.parse), _DURATION]
Before = Annotated[
    timedelta,
    PlainValidator(durations.before),
    _text(durations.PATTERN[:-1] + " before$", "48 h before", "2 days before"),
]
After = Annotated[timedelta, PlainValidator(durations.after), _text(durations.PATTERN[:-1] + " after$", "2 h after")]
ClockTime = Annotated[
    int, PlainValidator(clocktimes.parse_time), _text(clocktimes.TIME_PATTERN, "09:00", "17:30", "24:00")
]
Hours = Annotated[
    tuple[int, int], PlainValidator(clocktimes.parse_hours), _text(clocktimes.HOURS_PATTERN, "08:00-18:30")
]
Day = Annotated[
    int, PlainValidator(weekdays.parse_day), WithJsonSchema({"type": "string", "enum": list(weekdays.NAMES)})
]
_DAYS = {"type": "string", "pattern": weekdays.DAYS_PATTERN, "examples": ["mon-fri", "mon,wed", "daily"]}
Days = Annotated[
    frozenset[int],
    PlainValidator(weekdays.parse_days),
    WithJsonSchema({"anyOf": [_DAYS, {"type": "array", "items": _DAYS, "minItems": 1}]}),
]
LocalDay = Annotated[date, PlainValidator(dates.parse_date), _text(dates.DATE_PATTERN, "2027-01-04")]
_DATES = {"type": "string", "pattern": dates.DATES_PATTERN, "examples": ["2027-02-15..2027-02-19", "2027-03-01"]}
LocalDates = Annotated[dates.Dates, PlainValidator(dates.parse_dates), WithJsonSchema(_DATES)]
SeveralDates = Annotated[
    tuple[dates.Dates, ...],
    PlainValidator(dates.parse_several),
    WithJsonSchema({"anyOf": [_DATES, {"type": "array", "items": _DATES, "minItems": 1}]}),
]
SomeWeeks = Annotated[
    weeks.Every, PlainValidator(weeks.parse_weeks), _text(weeks.PATTERN, "every 2 weeks from 2027-01-04")
]
Share = Annotated[float, PlainValidator(shares.parse), _text(shares.PATTERN, "20 %")]
RecurrenceRule = Annotated[
    recurrences.Recurring,
    PlainValidator(recurrences.parse_rrule),
    _text(recurrences.PATTERN, "FREQ=MONTHLY;BYDAY=1MO", "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=24"),
]
