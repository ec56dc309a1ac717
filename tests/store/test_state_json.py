"""The text of a state; that it comes back as it was is in the contract."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from agent.core.relationships import Ledger, State
from agent.store import state_json
from tests.factories import meeting, span


def test_equal_states_give_equal_text() -> None:
    """Otherwise two runs of one programme could not be compared byte by byte."""
    one = State(ledger=Ledger({"mentor-1": 1.0, "mentee-1": 2.0}))
    other = replace(one, ledger=Ledger({"mentee-1": 2.0, "mentor-1": 1.0}))
    assert state_json.dump(one) == state_json.dump(other)


def test_a_meeting_from_before_wall_time_was_kept_is_read() -> None:
    booked = replace(meeting(span("2027-03-10 09:00")), wall=None)
    found = json.loads(state_json.dump(State(meeting=booked)))
    del found["meeting"]["wall"], found["meeting"]["rezoned"]
    assert state_json.load(json.dumps(found)).meeting == booked


@pytest.mark.parametrize("form", [0, 2])
def test_a_state_in_another_form_is_not_guessed_at(form: int) -> None:
    text = state_json.dump(State()).replace('"form": 1', f'"form": {form}')
    with pytest.raises(ValueError, match=f"form {form}"):
        state_json.load(text)
