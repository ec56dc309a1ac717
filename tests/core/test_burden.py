"""The inconvenient hour is shared: what one person carried is remembered, and slowly forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.burden import HALF_LIFE, charged, cost, decayed
from agent.core.relationships import Ledger
from agent.core.slots import search
from agent.core.timespan import DAY
from tests.factories import observed, pair, person, policy, rule, soft, span

POINTS = st.floats(0, 500)
LEDGERS = st.builds(
    lambda mine, yours, minute: Ledger({"mentor-1": mine, "mentee-1": yours}, minute),
    POINTS,
    POINTS,
    st.integers(0, 10**7),
)
BOTH = ("mentor-1", "mentee-1")


def test_a_point_counts_half_after_twelve_weeks() -> None:
    assert decayed(Ledger({"mentor-1": 8.0}, 0), HALF_LIFE).points == {"mentor-1": 4.0}
    assert timedelta(minutes=HALF_LIFE) == timedelta(weeks=12)


def test_what_has_faded_away_is_forgotten() -> None:
    assert decayed(Ledger({"mentor-1": 1.0}, 0), 30 * HALF_LIFE).points == {}


@given(LEDGERS, st.integers(0, 10**6), st.integers(0, 10**6))
def test_fading_in_two_steps_is_fading_in_one(ledger: Ledger, first: int, second: int) -> None:
    once = decayed(ledger, ledger.as_of + first + second)
    twice = decayed(decayed(ledger, ledger.as_of + first), ledger.as_of + first + second)
    assert once.points == pytest.approx(twice.points, abs=1e-5)


@given(LEDGERS, st.integers(0, 10**6))
def test_an_earlier_minute_changes_nothing(ledger: Ledger, earlier: int) -> None:
    assert decayed(ledger, ledger.as_of - earlier) == ledger


def test_a_meeting_is_charged_to_whom_it_cost_something() -> None:
    after = charged(Ledger({"mentor-1": 8.0}, 0), {"mentor-1": 1.0, "mentee-1": 2.0, "mentee-2": 0.0}, HALF_LIFE)
    assert after == Ledger({"mentor-1": 5.0, "mentee-1": 2.0}, HALF_LIFE)


@given(LEDGERS, st.tuples(POINTS, POINTS), st.tuples(st.floats(0.01, 100), st.floats(0.01, 100)), st.floats(0, 0.99))
def test_fairness_never_prefers_what_burdens_everybody_more(
    ledger: Ledger, burden: tuple[float, float], more: tuple[float, float], fairness: float
) -> None:
    """With a weight of 1 or more it would: making the luckier side worse off would pay."""
    less = dict(zip(BOTH, burden, strict=True))
    worse = {person: less[person] + extra for person, extra in zip(BOTH, more, strict=True)}
    assert cost(less, ledger, BOTH, fairness) < cost(worse, ledger, BOTH, fairness)


@given(LEDGERS, POINTS, st.floats(0.01, 1))
def test_among_equal_burdens_the_one_who_carried_less_has_the_turn(
    ledger: Ledger, points: float, fairness: float
) -> None:
    behind, ahead = sorted(BOTH, key=lambda person: ledger.points[person])
    turn, other = ({behind: points}, {ahead: points})
    assert cost(turn, ledger, BOTH, fairness) <= cost(other, ledger, BOTH, fairness) + 1e-9


def test_over_many_cycles_two_people_carry_the_same() -> None:
    """One likes no early hour, the other no late one, and there are only those two."""
    only = (rule("09:00", "10:45"),)
    early = person("mentor-1", availability=only, boundaries=(soft(2, "09:00", "09:45"),))
    late = person("mentee-1", availability=only, boundaries=(soft(2, "10:00", "10:45"),))
    relationship = pair(early, late, policy=policy(grid=timedelta(hours=1)))
    ledger, carried = Ledger(), dict.fromkeys(BOTH, 0.0)
    for fortnight in range(50):
        day = span("2027-03-01 00:00", DAY)
        window = span((day.starts_at + timedelta(weeks=2 * fortnight)).strftime("%Y-%m-%d %H:%M"), DAY)
        best = search(relationship, observed(relationship), window, ledger=ledger).slots[0]
        ledger = charged(ledger, best.burden, best.span.start)
        for name, points in best.burden.items():
            carried[name] += points
        assert abs(carried["mentor-1"] - carried["mentee-1"]) <= 2 * 45
    assert carried["mentor-1"] == carried["mentee-1"] == 25 * 2 * 45
