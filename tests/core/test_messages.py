"""Nobody is written to outside the hours they set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from agent.core import messages
from agent.core.people import Person
from agent.core.timespan import floor_minute, instant
from tests.core.worlds import CHANGES, rules
from tests.factories import WEEKDAYS, at, person, rule
from tests.oracle import in_rule

OFFICE = person("mentee-1", "Europe/Lisbon", messages=(rule("09:00", "17:00", days=WEEKDAYS),))


@st.composite
def readers(draw: st.DrawFn) -> tuple[Person, datetime]:
    """Somebody with one or two stretches of hours, and an instant near a change of their clock."""
    zone, day = draw(st.sampled_from(CHANGES))
    some = draw(st.lists(rules(day), min_size=1, max_size=2))
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return person("mentee-1", zone, messages=tuple(some)), noon + timedelta(
        seconds=draw(st.integers(-300_000, 300_000))
    )


def allowed(reader: Person, moment: datetime) -> bool:
    return any(in_rule(rule, floor_minute(moment), reader.zone) for rule in reader.messages)


@given(readers())
def test_the_next_open_instant_is_open_and_none_before_it_is(found: tuple[Person, datetime]) -> None:
    reader, moment = found
    assert messages.is_open(reader, moment) == allowed(reader, moment)
    opens = messages.next_open(reader, moment)
    if opens is None:
        assert not any(allowed(reader, moment + timedelta(hours=n / 2)) for n in range(48 * 59))
        return
    assert opens >= moment
    assert allowed(reader, opens)
    closed = range(floor_minute(moment), floor_minute(opens), 11)
    assert not any(allowed(reader, instant(minute)) for minute in closed)


@given(readers())
def test_the_last_open_instant_is_open_and_not_later(found: tuple[Person, datetime]) -> None:
    reader, moment = found
    last = messages.last_open(reader, moment)
    assume(last is not None)
    assert last is not None
    assert last <= moment
    assert allowed(reader, last)


@given(readers(), st.timedeltas(timedelta(minutes=1), timedelta(days=4)))
def test_what_is_sent_ahead_is_sent_in_time_or_as_late_as_hours_allow(
    found: tuple[Person, datetime], before: timedelta
) -> None:
    reader, start = found
    moment = messages.ahead_of(reader, start, before)
    if moment is None:
        assert messages.next_open(reader, start - before) is None
        return
    assert allowed(reader, moment)
    in_time = moment <= max(start - before, start - messages.AT_LEAST)
    assert in_time or messages.last_open(reader, start - before) is None


def test_somebody_without_hours_is_not_written_to() -> None:
    silent = person(messages=())
    assert messages.next_open(silent, at("2027-03-01 09:00")) is None
    assert messages.ahead_of(silent, at("2027-03-01 09:00"), timedelta(hours=48)) is None


def test_an_agenda_is_put_off_from_the_night_to_the_morning() -> None:
    assert messages.ahead_of(OFFICE, at("2027-03-04 03:00"), timedelta(hours=48)) == at("2027-03-02 09:00")


def test_an_agenda_that_the_weekend_would_delay_too_long_goes_out_on_friday_afternoon() -> None:
    """A meeting on Monday at ten: 48 hours before is Saturday, and Monday at nine is too late to prepare."""
    assert messages.ahead_of(OFFICE, at("2027-03-08 10:00"), timedelta(hours=48)) == at("2027-03-05 16:00")


def test_hours_shorter_than_an_hour_are_used_from_their_start() -> None:
    brief = person(messages=(rule("09:00", "09:20"),))
    assert messages.last_open(brief, at("2027-03-01 12:00")) == at("2027-03-01 09:00")


def test_hours_that_open_once_a_month_are_found() -> None:
    rare = person(messages=(rule("09:00", "10:00", first=at("2027-04-20 00:00").date()),))
    assert messages.next_open(rare, at("2027-03-01 09:00")) == at("2027-04-20 09:00")
