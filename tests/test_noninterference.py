"""What somebody is shown does not depend on why others are not free (``python -m tests.noninterference`` for more)."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from agent.core.explain import reasons
from agent.core.explanation import overall
from tests import noninterference
from tests.noninterference import REASONS, WAYS, World, pairs, reached, shown

PAIRS = 300


@pytest.fixture(scope="module")
def worlds() -> list[tuple[World, World]]:
    return list(islice(pairs(7), PAIRS))


def test_the_viewer_is_shown_the_same_bytes(worlds: list[tuple[World, World]]) -> None:
    """Text, JSON, picture and mail: a boundary, a clinic in the calendar and a journey all look alike from outside."""
    assert [(a.why, b.why) for a, b in worlds if shown(a) != shown(b)] == []


def test_the_worlds_differ_and_leave_something_to_see(worlds: list[tuple[World, World]]) -> None:
    """Or sameness would prove nothing: the operator's own figures do tell most of them apart."""
    told_apart = sum(overall(a.inquiry).reasons != overall(b.inquiry).reasons for a, b in worlds)
    left = [reached(a.inquiry) for a, _ in worlds]
    partly = sum(0 < each.open.bit_count() < each.grid.count for each in left)
    assert told_apart > PAIRS * 0.8
    assert partly > PAIRS * 0.5
    whys = Counter(why for each in worlds for world in each for why in world.why)
    assert set(whys) == {*REASONS, *WAYS, "decline"}
    assert min(whys.values()) >= 5


def test_the_comparison_would_notice_a_breakdown(worlds: list[tuple[World, World]]) -> None:
    """Were the operator's reasons shown instead, nearly every pair would differ."""
    first, second = next((a, b) for a, b in worlds if "no calendar" in b.why)
    assert reasons(first.inquiry.search(), 15) != reasons(second.inquiry.search(), 15)


def test_the_long_run_counts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["noninterference", "--pairs", "3"])
    assert noninterference.main() == 0
    assert "3 of 3 identical" in capsys.readouterr().out
