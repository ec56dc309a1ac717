"""What one policy says otherwise than another."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent.services.plan_change_terms import Term, changed_terms


@pytest.mark.parametrize(
    ("before", "after", "terms"),
    [
        ({"grid": "15 min"}, {"grid": "15 min"}, ()),
        ({}, {"grid": "1 day"}, (Term("grid", None, "1 day"),)),
        ({"fairness": 0.5, "grid": "15 min"}, {"grid": "15 min"}, (Term("fairness", 0.5, None),)),
        (
            {"cadence": {"every": "2 weeks", "duration": "45 min"}},
            {"cadence": {"every": "2 weeks", "duration": "30 min"}},
            (Term("cadence.duration", "45 min", "30 min"),),
        ),
        ({"good_hours": [{"from": "09:00"}]}, {"good_hours": []}, (Term("good_hours", [{"from": "09:00"}], []),)),
    ],
)
def test_terms_are_told_apart_by_key(before: dict[str, Any], after: dict[str, Any], terms: tuple[Term, ...]) -> None:
    assert changed_terms(json.dumps(before), json.dumps(after)) == terms
