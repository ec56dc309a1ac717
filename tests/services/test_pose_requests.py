"""Requests of a cohort are the same with NumPy and without."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent.core.relationships import State
from agent.services import pose_requests
from agent.services.pose_requests import Planning
from tests.bench import workload


@pytest.mark.parametrize("weeks", [3, 8])
def test_the_optional_library_changes_no_request(weeks: int) -> None:
    """Whoever installs the extra gets the same plan, sooner."""
    works = [work for family in workload.programme(12) for work in family]
    known = {name: each for work in works for name, each in work.observed.people.items()}
    plans = []
    for batch in (True, False):
        planning = Planning(workload.BEGINS, workload.BEGINS + timedelta(weeks=weeks), known, batch)
        planning.look_at(work.relationship for work in works)
        plans.append([planning.request(work.relationship, State()) for work in works])
    assert plans[0] == plans[1]
    assert any(request and any(due.candidates for due in request.meetings) for request in plans[0])


def test_everybody_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the look at all of them nobody is worked out again for a second relationship."""
    works = [work for family in workload.programme(6) for work in family]
    known = {name: each for work in works for name, each in work.observed.people.items()}
    planning = Planning(workload.BEGINS, workload.BEGINS + timedelta(weeks=4), known, batch=True)
    planning.look_at(work.relationship for work in works)
    monkeypatch.delattr(pose_requests, "start_mask")
    assert all(planning.request(work.relationship, State()) for work in works)
