"""The log is for the operator: whatever a careless call hands it, nothing private comes out."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
import structlog

from agent import log


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    log.configure(stream=stream)
    yield stream
    structlog.reset_defaults()


@pytest.mark.parametrize("key", ["password", "token", "label", "title", "summary", "body", "Authorization"])
def test_what_names_something_private_is_dropped(lines: io.StringIO, key: str) -> None:
    log.logger().info("calendar read", person="mentor-1", **{key: "canary"})
    assert "canary" not in lines.getvalue()
    assert "mentor-1" in lines.getvalue()


def test_addresses_are_masked_wherever_they_stand(lines: io.StringIO) -> None:
    log.logger().warning("refused", says="550 no such user <mentor-1@northwind.example> here")
    assert "mentor-1@" not in lines.getvalue()
    assert "550 no such user" in lines.getvalue()


def test_one_event_is_one_line_even_with_a_line_break_in_a_value(lines: io.StringIO) -> None:
    log.logger().info("odd", says="first\nsecond")
    assert lines.getvalue().count("\n") == 1


def test_debug_events_are_shown_only_when_asked_for(lines: io.StringIO) -> None:
    log.logger().debug("swept")
    assert not lines.getvalue()
    assert not log.traceback_wanted()
