"""A relationship meets about as often as it was promised, and a pause puts a meeting off without losing it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core import cadence
from agent.core.policy import Cadence
from agent.core.timespan import ceil_minute
from agent.core.whereabouts import Whereabouts
from tests.factories import NOW, at, pair, policy, rule

DAYS = timedelta(days=1)
DURATIONS = st.integers(1, 60 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(DURATIONS.map(lambda d: d - 20 * DAYS), DURATIONS, DURATIONS, DURATIONS, st.none() | DURATIONS)
def test_what_is_looked_at_respects_notice_horizon_and_beginning(
    due_in: timedelta, tolerance: timedelta, notice: timedelta, horizon: timedelta, starts_in: timedelta | None
) -> None:
    starts = None if starts_in is None else NOW + starts_in
    terms = policy(cadence=Cadence(window=tolerance), notice=notice, horizon=horizon)
    due = NOW + due_in
    found = cadence.aim(due, pair(policy=terms, starts=starts), NOW)
    assert found.late == (due + tolerance < max(NOW + notice, starts or NOW))
    if found.window is None:
        return
    first, last = found.window.starts_at, found.window.ends_at - timedelta(minutes=1)
    assert first >= NOW + notice
    assert last < NOW + horizon
    assert starts is None or first >= starts
    if not found.late:
        assert due - tolerance <= first <= last <= due + tolerance


def test_a_meeting_is_looked_for_from_its_tolerance_before_to_its_tolerance_after_it_is_due() -> None:
    """Both ends are starts: two weeks from now, give or take four days."""
    found = cadence.aim(NOW + 14 * DAYS, pair(policy=policy(cadence=Cadence(window=4 * DAYS), notice=DAYS)), NOW)
    assert found.window is not None
    assert (found.window.starts_at, found.window.ends_at) == (NOW + 10 * DAYS, NOW + 18 * DAYS + timedelta(minutes=1))


def test_a_meeting_that_notice_has_overtaken_is_looked_for_in_the_next_week() -> None:
    terms = policy(cadence=Cadence(window=2 * DAYS), notice=DAYS)
    found = cadence.aim(NOW - 30 * DAYS, pair(policy=terms), NOW)
    assert found.late
    assert found.window is not None
    assert (found.window.starts_at, found.window.ends_at) == (NOW + DAYS, NOW + 8 * DAYS + timedelta(minutes=1))


@given(st.timedeltas(timedelta(), 90 * DAYS))
def test_looking_begins_when_the_whole_window_is_in_sight_or_notice_is_about_to_close_it(due_in: timedelta) -> None:
    """With a short horizon some of the window is still enough."""
    wide = policy(cadence=Cadence(window=4 * DAYS), notice=DAYS, horizon=42 * DAYS)
    short = replace(wide, horizon=3 * DAYS)
    due = NOW + due_in
    assert cadence.look_from(due, wide) == due + 4 * DAYS - 42 * DAYS
    assert cadence.look_from(due, short) == due - 5 * DAYS


SUMMER = (rule(first=date(2027, 8, 1), last=date(2027, 8, 31)),)


@pytest.mark.parametrize(
    ("due", "after"),
    [
        ("2027-07-31 22:59", "2027-07-31 22:59"),  # July's last minute in Lisbon
        ("2027-07-31 23:00", "2027-08-31 23:00"),
        ("2027-08-20 12:00", "2027-08-31 23:00"),
        ("2027-09-01 12:00", "2027-09-01 12:00"),
    ],
)
def test_a_meeting_due_in_a_pause_is_due_at_its_end(due: str, after: str) -> None:
    relationship = pair(replace(pair().mentor, zone="Europe/Lisbon"), pauses=SUMMER)
    assert cadence.after_pauses(at(due), relationship) == at(after)


def test_without_pauses_the_due_moment_is_left_alone_to_the_second() -> None:
    odd = datetime(2027, 3, 1, 9, 0, 1, tzinfo=UTC)
    assert cadence.after_pauses(odd, pair()) == odd
    assert cadence.after_pauses(odd, pair(pauses=SUMMER)) == odd


def test_a_pause_without_end_is_given_up_on() -> None:
    for_good = pair(pauses=(rule(first=date(2027, 3, 1)),))
    assert cadence.after_pauses(NOW, for_good) > NOW + 12_000 * DAYS


@pytest.mark.parametrize(
    ("start", "zone", "days"),
    [
        ("2027-03-01 23:59", "UTC", 0),
        ("2027-03-02 00:00", "UTC", 1),
        ("2027-02-27 12:00", "UTC", 2),
        ("2027-03-01 11:00", "Pacific/Auckland", 1),  # midnight there
    ],
)
def test_days_off_are_counted_on_a_calendar(start: str, zone: str, days: int) -> None:
    assert cadence.days_off(ceil_minute(at(start)), NOW, Whereabouts(zone)) == days
