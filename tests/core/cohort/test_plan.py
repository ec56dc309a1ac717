"""A whole cohort is placed together: nobody twice at once, nobody too often, everybody's turn remembered."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings

from agent.core.burden import charged, decayed
from agent.core.burden import cost as slot_cost
from agent.core.cohort.chance import Chance
from agent.core.cohort.coupling import Coupling
from agent.core.cohort.patterns import Menu
from agent.core.cohort.plan import Answer, plan_cohort
from agent.core.cohort.problem import POINT, UNPLACED, Budget, Capacity, Request
from agent.core.relationships import Ledger
from tests.core.cohort.small import (
    DAY,
    HOUR,
    WEEK,
    away,
    capacity,
    cohorts,
    cost,
    due,
    holds_together,
    judged,
    least,
    patterns,
)

Cohort = tuple[list[Request], dict[str, Capacity]]


def pair(name: str, mentor: str, mentee: str, *starts: int, burden: tuple[int, int] = (0, 0)) -> Request:
    """One meeting at one of these starts."""
    return Request(name, (mentor, mentee), (due(*((start, burden) for start in starts)),), WEEK, DAY)


@given(cohorts())
@settings(deadline=None, max_examples=150)
def test_no_plan_breaks_a_rule_and_none_is_better_than_the_bound(cohort: Cohort) -> None:
    requests, capacities = cohort
    plan = plan_cohort(requests, capacities, seed=3)
    judged(plan, requests, capacities)
    assert plan.lower_bound <= least(requests, capacities) <= plan.cost


@given(cohorts())
@settings(deadline=None, max_examples=25)
def test_a_search_that_is_cut_short_still_keeps_every_rule(cohort: Cohort) -> None:
    requests, capacities = cohort
    plan = plan_cohort(requests, capacities, budget=Budget(labels=1, rounds=3, tries=1))
    judged(plan, requests, capacities)
    assert plan.lower_bound <= least(requests, capacities)


@given(cohorts())
@settings(deadline=None, max_examples=25)
def test_the_same_seed_gives_the_same_plan_in_any_order_and_whoever_watches(cohort: Cohort) -> None:
    requests, capacities = cohort
    heard: list[tuple[int, int]] = []
    plan = plan_cohort(requests, capacities, seed=5)
    again = plan_cohort(requests[::-1], capacities, seed=5, progress=lambda done, of: heard.append((done, of)))
    assert plan == again
    assert heard[-1] == (len(requests), len(requests))


@given(cohorts())
@settings(deadline=None, max_examples=25)
def test_somebody_elses_component_changes_nothing_here(cohort: Cohort) -> None:
    requests, capacities = cohort
    stranger = pair("aaa", "mentor-9", "mentee-9", 0, 60)
    plan = plan_cohort(requests, capacities, seed=7)
    wider = plan_cohort([*requests, stranger], capacities, seed=7)
    assert {name: starts for name, starts in wider.placements.items() if name != "aaa"} == dict(plan.placements)


def test_a_mentor_is_not_in_two_meetings_at_once() -> None:
    requests = [pair("pair-1", "mentor-1", "mentee-1", 0, 30, 60), pair("pair-2", "mentor-1", "mentee-2", 0, 30)]
    plan = plan_cohort(requests, {})
    assert plan.placements == {"pair-1": (60,), "pair-2": (0,)}
    assert (plan.cost, plan.gap) == (0, 0.0)


def test_a_full_day_takes_no_more() -> None:
    requests = [pair("pair-1", "mentor-1", "mentee-1", 0, DAY), pair("pair-2", "mentor-1", "mentee-2", 600, DAY + 600)]
    held = {"mentor-1": capacity(1, 5, days={0: 1})}
    plan = plan_cohort(requests, held)
    assert len(plan.unplaced) == 1
    judged(plan, requests, held)


def test_one_pair_alone_keeps_its_own_week() -> None:
    two = tuple(due((start, (0, 0)), (start + DAY, (64, 0))) for start in (0, 2 * DAY))
    request = Request("pair-1", ("mentor-1", "mentee-1"), two, 2 * DAY, DAY)
    plan = plan_cohort([request], {"mentee-1": capacity(2, 1)})
    judged(plan, [request], {"mentee-1": capacity(2, 1)})
    assert len(plan.unplaced) == 1


def test_what_cannot_be_placed_is_said_and_the_rest_is_placed() -> None:
    requests = [pair("pair-1", "mentor-1", "mentee-1"), pair("pair-2", "mentor-1", "mentee-2", 0, burden=(6400, 0))]
    plan = plan_cohort(requests, {})
    assert plan.unplaced == (("pair-1", 0),)
    assert plan.cost == UNPLACED + 150 * POINT
    assert plan.gap == 0.0


def test_a_placement_however_dear_is_better_than_none() -> None:
    request = pair("pair-1", "mentor-1", "mentee-1", 0, burden=(2000 * 64, 2000 * 64))
    assert plan_cohort([request], {}).unplaced == ()


def test_the_inconvenient_hour_goes_round_when_fairness_asks_for_it() -> None:
    """Always the mentor's evening is a point cheaper, but then it is always the mentor's."""
    meetings = tuple(due((start, (640, 0)), (start + HOUR, (0, 704))) for start in (0, WEEK, 2 * WEEK, 3 * WEEK))
    plain = Request("pair-1", ("mentor-1", "mentee-1"), meetings, WEEK, DAY, fairness=Fraction(0))
    fair = Request("pair-1", ("mentor-1", "mentee-1"), meetings, WEEK, DAY, fairness=Fraction(1, 2))
    assert plan_cohort([plain], {}).placements["pair-1"] == (0, WEEK, 2 * WEEK, 3 * WEEK)
    shared = [(start or 0) % WEEK for start in plan_cohort([fair], {}).placements["pair-1"]]
    assert sorted(shared) == [0, 0, HOUR, HOUR]


def test_a_circle_spares_whoever_carried_most() -> None:
    meeting = due((0, (640, 0, 0)), (HOUR, (0, 640, 0)), (2 * HOUR, (0, 0, 640)))
    people = ("mentor-1", "mentee-1", "mentee-2")
    request = Request("circle-1", people, (meeting,), WEEK, DAY, ledger=(640, 640, 0))
    assert plan_cohort([request], {}).placements["circle-1"] == (2 * HOUR,)


def test_costs_are_those_of_the_ledger_in_use() -> None:
    """The same four meetings, charged one after the other as the agent does it."""
    burdens = [(640, 30), (0, 999), (64, 64), (1280, 1)]
    meetings = tuple(due((2 * k * WEEK, burden)) for k, burden in enumerate(burdens))
    request = Request("pair-1", ("mentor-1", "mentee-1"), meetings, 2 * WEEK, DAY, (64 * 30, 0), -WEEK)
    ledger, total = Ledger({"mentor-1": 30.0}, -WEEK), 0.0
    for k, (mine, yours) in enumerate(burdens):
        points = {"mentor-1": mine / 64, "mentee-1": yours / 64}
        ledger = decayed(ledger, 2 * k * WEEK)
        total += slot_cost(points, ledger, ("mentor-1", "mentee-1"), 0.5)
        ledger = charged(ledger, points, 2 * k * WEEK)
    assert Menu(request).cost((0, 0, 0, 0)) / POINT == pytest.approx(total, abs=0.01)


def test_a_gap_without_any_cost_to_measure_it_by_is_not_given() -> None:
    """Three at two times: nothing that is placed costs anything, and half-and-half looks possible to prices."""
    requests = [
        pair("pair-1", "person-1", "person-2", 0),
        pair("pair-2", "person-2", "person-3", 0),
        pair("pair-3", "person-3", "person-1", 0),
    ]
    plan = plan_cohort(requests, {})
    assert len(plan.unplaced) == 2
    assert plan.gap is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"fairness": Fraction(1)}, "fairness"),
        ({"window": WEEK}, "window"),
        ({"people": ("mentor-1", "mentor-1")}, "two different people"),
        ({"ledger": (1,)}, "ledger"),
        ({"meetings": (due((15, (0, 0)), (0, (0, 0))),)}, "order"),
        ({"meetings": (due((15, (0,))),)}, "burden"),
        ({"meetings": (replace(due((15, (0, 0))), days_off=(1, 2)),)}, "days off"),
    ],
)
def test_what_cannot_be_meant_is_refused(change: dict[str, object], sentence: str) -> None:
    sound: dict[str, object] = {"id": "pair-1", "people": ("mentor-1", "mentee-1"), "meetings": (), "every": WEEK}
    with pytest.raises(ValueError, match=sentence):
        Request(**{**sound, "window": DAY, **change})  # type: ignore[arg-type]  # wrong on purpose


def test_prices_alone_find_who_should_make_way() -> None:
    """The one who seems to lose more by waiting has an easy way out: without local search only prices see it."""

    def asks(name: str, *times: tuple[int, int]) -> Request:
        meeting = due(*((HOUR * hour, (points, 0)) for hour, points in times))
        return Request(name, ("mentor-1", f"mentee-{name}"), (meeting,), WEEK, DAY, fairness=Fraction(0))

    requests = [
        asks("a", (0, 0), (1, 64), (4, 96)),
        asks("b", (0, 0), (1, 48), (3, 6400)),
        asks("c", (1, 0), (2, 6400)),
    ]
    assert plan_cohort(requests, {}, budget=Budget(tries=0, rounds=0)).cost == 100 * POINT
    plan = plan_cohort(requests, {}, budget=Budget(tries=0))
    assert plan.placements == {"a": (4 * HOUR,), "b": (0,), "c": (HOUR,)}
    assert plan.gap == 0.0


def test_an_optimizer_is_asked_only_where_something_is_left_to_prove() -> None:
    """Three at one time: two of them have to go, and prices can prove only one and a half."""
    easy = pair("pair-0", "person-8", "person-9", 0)
    hard = [
        pair("pair-1", "person-1", "person-2", 0),
        pair("pair-2", "person-2", "person-3", 0),
        pair("pair-3", "person-3", "person-1", 0),
    ]
    asked: list[tuple[str, ...]] = []

    def optimizer(coupling: Coupling, answer: Answer, budget: Budget, chance: Chance, /) -> Answer:
        asked.append(tuple(menu.request.id for menu in coupling.menus))
        assert coupling.fits(answer.patterns)
        assert not coupling.fits([(0,), (0,), (None,)])
        return answer

    plan = plan_cohort([easy, *hard], {}, optimizer=optimizer)
    assert asked == [("pair-1", "pair-2", "pair-3")]
    assert plan.placements["pair-0"] == (0,)


@given(cohorts())
@settings(deadline=None, max_examples=150)
def test_nobody_could_meet_nearer_to_the_due_days_at_the_same_cost(cohort: Cohort) -> None:
    """As the daemon does it, where nothing else decides: not on the first morning of every window."""
    requests, _ = cohort
    plan = dict(plan_cohort(requests, {}, seed=3).placements)
    for request in requests:
        as_good = (starts for starts in patterns(request) if cost(request, starts) == cost(request, plan[request.id]))
        nearer = (starts for starts in as_good if away(request, starts) < away(request, plan[request.id]))
        assert not any(holds_together(requests, {**plan, request.id: starts}, {}) for starts in nearer)


def days_of(*days: int) -> tuple[int, ...]:
    """Minutes of nine o'clock and half past ten of some days."""
    return tuple(day * DAY + minute for day in days for minute in (540, 630))


def test_the_earliest_of_the_nearest_day_is_taken_whatever_the_seed() -> None:
    meeting = replace(due(*((start, (0, 0)) for start in days_of(0, 1, 2, 3))), days_off=(2, 2, 1, 1, 0, 0, 1, 1))
    request = Request("pair-1", ("mentor-1", "mentee-1"), (meeting,), 2 * WEEK, 4 * DAY)
    assert {plan_cohort([request], {}, seed=seed).placements["pair-1"] for seed in range(9)} == {(2 * DAY + 540,)}


def test_a_cheaper_time_is_worth_any_number_of_days() -> None:
    """A quarter of an hour a little off the good hours weighs more than a year."""
    meeting = replace(due((0, (0, 0)), (400 * DAY, (1, 0))), days_off=(400, 0))
    request = Request("pair-1", ("mentor-1", "mentee-1"), (meeting,), 500 * WEEK, DAY, fairness=Fraction(0))
    assert plan_cohort([request], {}).placements["pair-1"] == (0,)


def test_whoever_makes_room_lets_another_come_nearer() -> None:
    """The one that is asked first is freed by the one that is asked second."""

    def asks(name: str, mentor: str, *times: tuple[int, int]) -> Request:
        meeting = replace(due(*((start, (0, 0)) for start, _ in times)), days_off=tuple(days for _, days in times))
        return Request(name, (mentor, f"mentee-{name}"), (meeting,), 2 * WEEK, 4 * DAY)

    requests = [asks("a", "mentor-1", (0, 0), (DAY, 1)), asks("b", "mentor-1", (0, 1), (2 * DAY, 0))]
    for seed in range(9):
        assert plan_cohort(requests, {}, seed=seed).placements == {"a": (0,), "b": (2 * DAY,)}
