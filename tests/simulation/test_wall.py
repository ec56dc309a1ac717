"""The judge's own reading of rules, which must be right on its own account."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from agent.simulation.outside.people import length
from agent.simulation.outside.wall import days, hours_rule, local, wall_rule


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("sat-mon", {5, 6, 0}),
        ("mon,wed", {0, 2}),
        ("daily", set(range(7))),
        (["tue", "fri-sat"], {1, 4, 5}),
    ],
)
def test_days(written: str | list[str], expected: set[int]) -> None:
    assert days(written) == expected


@pytest.mark.parametrize(
    ("rule", "wall", "holds"),
    [
        ({"days": "mon-fri", "from": "09:00", "to": "18:00"}, "2027-02-10T09:00", True),
        ({"days": "mon-fri", "from": "09:00", "to": "18:00"}, "2027-02-10T18:00", False),
        ({"days": "mon-fri", "from": "09:00", "to": "18:00"}, "2027-02-13T12:00", False),
        ({"days": "fri", "from": "22:00", "to": "02:00"}, "2027-02-13T01:59", True),
        ({"days": "fri", "from": "22:00", "to": "02:00"}, "2027-02-12T01:59", False),
        ({"days": "fri", "from": "22:00", "to": "02:00"}, "2027-02-12T22:00", True),
        ({"days": "fri", "from": "20:00", "to": "24:00"}, "2027-02-12T23:59", True),
        ({"days": "fri", "from": "20:00", "to": "24:00"}, "2027-02-13T00:00", False),
        ({"dates": "2027-02-15..2027-02-17"}, "2027-02-17T23:59", True),
        ({"dates": "2027-02-15..2027-02-17"}, "2027-02-18T00:00", False),
    ],
)
def test_membership(rule: dict[str, str], wall: str, holds: bool) -> None:
    """The start belongs to a rule, its end does not; what crosses midnight belongs to the day it starts on."""
    assert wall_rule(rule).holds(datetime.fromisoformat(wall)) is holds


def test_message_hours() -> None:
    rule = hours_rule("09:30-17:00", "mon-fri")
    assert rule.holds(datetime.fromisoformat("2027-02-10T16:59"))
    assert not rule.holds(datetime.fromisoformat("2027-02-10T09:29"))


def test_clocks_change_by_the_pinned_rules() -> None:
    """A rule keeps its local meaning: nine o'clock in Lisbon is an hour earlier once summer time has begun."""
    before, after = datetime(2027, 3, 27, 9, tzinfo=UTC), datetime(2027, 3, 28, 9, tzinfo=UTC)
    assert [local(each, "Europe/Lisbon").hour for each in (before, after)] == [9, 10]
    assert local(before, "Asia/Kolkata").time().isoformat() == "14:30:00"
    assert local(datetime(2027, 4, 3, 14, tzinfo=UTC), "Pacific/Auckland").date() == date(2027, 4, 4)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2 weeks", timedelta(weeks=2)),
        ("1 week", timedelta(weeks=1)),
        ("4 days", timedelta(days=4)),
        ("1 h 30 min", timedelta(minutes=90)),
        ("45 min", timedelta(minutes=45)),
    ],
)
def test_lengths(written: str, expected: timedelta) -> None:
    assert length(written) == expected
