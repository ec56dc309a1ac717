"""What somebody is shown does not depend on why others are not free (``python -m tests.noninterference`` for more)."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from agent.core.explain import reasons
from agent.core.relax import Change, all_relaxations
from tests import noninterference
from tests.noninterference import REASONS, STEP, WAYS, World, pairs, reached, shown

PAIRS = 300


@pytest.fixture(scope="module")
def worlds() -> list[tuple[World, World]]:
    return list(islice(pairs(7), PAIRS))


def test_the_viewer_is_shown_the_same_bytes(worlds: list[tuple[World, World]]) -> None:
    """Text, JSON, picture and mail: a boundary, a clinic in the calendar and a journey all look alike from outside."""
    assert [(a.why, b.why) for a, b in worlds if shown(a) != shown(b)] == []


def test_the_worlds_differ_and_leave_something_to_see(worlds: list[tuple[World, World]]) -> None:
    """Or sameness would prove nothing: the operator's own figures do tell most of them apart."""
    told_apart = sum(reasons(a.inquiry.search(), STEP) != reasons(b.inquiry.search(), STEP) for a, b in worlds)
    left = [reached(a.inquiry) for a, _ in worlds]
    partly = sum(0 < each.open.bit_count() < each.grid.count for each in left)
    assert told_apart > PAIRS * 0.8
    assert partly > PAIRS * 0.5
    whys = Counter(why for each in worlds for world in each for why in world.why)
    assert set(whys) == {*REASONS, *WAYS, "decline"}
    assert min(whys.values()) >= 5


def test_what_would_have_to_be_asked_of_others_anew_is_not_offered(worlds: list[tuple[World, World]]) -> None:
    """A shorter meeting, less notice and a longer horizon tell such worlds apart; a wider window does not."""

    def gain(world: World, change: Change) -> list[tuple[int, int]]:
        return [(each.value, each.slots) for each in all_relaxations(world.inquiry) if each.change is change]

    some = worlds[:50]
    differ = {change: sum(gain(a, change) != gain(b, change) for a, b in some) for change in Change}
    assert min(differ[change] for change in (Change.DURATION, Change.NOTICE, Change.HORIZON)) > 0
    assert differ[Change.WINDOW] == 0


def test_the_long_run_counts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["noninterference", "--pairs", "3"])
    assert noninterference.main() == 0
    assert "3 of 3 identical" in capsys.readouterr().out
