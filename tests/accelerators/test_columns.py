"""With the optimizer a plan is the best there is, and says so."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings

from agent.accelerators.columns import ColumnGeneration
from agent.accelerators.columns_master import OptimizerMissing
from agent.core.cohort.plan import plan_cohort
from agent.core.cohort.problem import UNPLACED, Budget, Capacity, Request
from tests.core.cohort.small import DAY, WEEK, capacity, cohorts, due, judged, least

Cohort = tuple[list[Request], dict[str, Capacity]]
OPTIMIZER = ColumnGeneration()


@given(cohorts())
@settings(deadline=None, max_examples=150)
def test_nothing_is_better_than_the_plan_and_the_bound_says_so(cohort: Cohort) -> None:
    requests, capacities = cohort
    plan = plan_cohort(requests, capacities, seed=3, optimizer=OPTIMIZER)
    judged(plan, requests, capacities)
    assert plan.cost == least(requests, capacities)
    assert (plan.lower_bound, plan.gap) == (plan.cost, 0.0)


@given(cohorts())
@settings(deadline=None, max_examples=25)
def test_the_same_seed_gives_the_same_plan(cohort: Cohort) -> None:
    requests, capacities = cohort
    assert plan_cohort(requests, capacities, optimizer=OPTIMIZER) == plan_cohort(
        requests[::-1], capacities, optimizer=OPTIMIZER
    )


@given(cohorts())
@settings(deadline=None, max_examples=25)
def test_a_small_budget_still_gives_a_plan_that_holds_and_a_bound_that_is_true(cohort: Cohort) -> None:
    requests, capacities = cohort
    budget = Budget(labels=1, rounds=0, tries=0, columns=1, nodes=0)
    plan = plan_cohort(requests, capacities, budget=budget, optimizer=OPTIMIZER)
    judged(plan, requests, capacities)
    assert plan.lower_bound <= least(requests, capacities)


def everybody_wants(start: int, *rest: int) -> list[Request]:
    """Three people, each in two of three pairs, who have the same times and find the first one the best."""
    dues = (due((start, (0, 0)), *((each, (64 * (k + 1), 64)) for k, each in enumerate(rest))),)
    pairs = (("person-1", "person-2"), ("person-2", "person-3"), ("person-3", "person-1"))
    return [Request(f"pair-{n}", two, dues, WEEK, DAY) for n, two in enumerate(pairs)]


def test_where_half_of_everything_looks_best_it_branches() -> None:
    """Each pair half at one time: the relaxation is content, a person cannot be."""
    requests = everybody_wants(0)
    limits = {f"person-{n}": capacity(1, 5) for n in (1, 2, 3)}
    plan = plan_cohort(requests, limits, optimizer=OPTIMIZER)
    assert (plan.cost, plan.lower_bound) == (2 * UNPLACED, 2 * UNPLACED)


def test_ties_are_told_apart() -> None:
    requests = everybody_wants(0, 60, 120)
    plan = plan_cohort(requests, {}, optimizer=OPTIMIZER)
    judged(plan, requests, {})
    assert plan.gap == 0.0
    assert plan.cost == least(requests, {})


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "highspy", None)
    with pytest.raises(OptimizerMissing, match=r"pip install 'attune-agent\[optimizer\]'"):
        plan_cohort(everybody_wants(0), {}, optimizer=OPTIMIZER)


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    plan_cohort(everybody_wants(0, 60), {}, optimizer=OPTIMIZER)
    assert capfd.readouterr() == ("", "")
