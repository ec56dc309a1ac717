"""An exchange has an end, whatever the other side does, and its own errors are not taken for that end."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from agent.clock import RehearsalClock
from connectors.errors import Rejected, Temporary
from connectors.patience import TooLate, repeated, within

NOW = datetime(2027, 2, 20, 9, tzinfo=UTC)


def test_what_is_done_in_time_is_given() -> None:
    assert within(5, lambda: "done", "test") == "done"


def test_what_never_ends_is_left_behind() -> None:
    forever = threading.Event()
    with pytest.raises(TooLate):
        within(0.05, forever.wait, "test")
    forever.set()


def test_a_time_out_of_the_exchange_itself_stays_what_it_is() -> None:
    def late() -> None:
        raise TimeoutError("the socket's own")

    with pytest.raises(TimeoutError, match="the socket's own"):
        within(5, late, "test")


@pytest.mark.parametrize(("error", "times"), [(Temporary("later"), 3), (Rejected("never"), 1)])
def test_only_what_may_pass_is_tried_again(error: Exception, times: int) -> None:
    tried = []

    def read() -> None:
        tried.append(1)
        raise error

    with pytest.raises(type(error)):
        repeated(RehearsalClock(NOW), read)
    assert len(tried) == times
