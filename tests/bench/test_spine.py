"""The measurement of the loop runs and measures what it says; how fast the loop is, is not a test's business."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench import spine
from tests.bench.spine_tasks import Figure


@pytest.mark.slow
def test_a_quick_run_measures_every_promise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It would end with an error where fewer decisions or effects were done than it takes the time of."""
    figures = tmp_path / "figures.json"
    assert spine.main(["--quick", "--json", str(figures)]) == 0
    found = {each["what"]: each for each in json.loads(figures.read_text())}
    assert len([each for each in found.values() if each["wanted"] is not None]) == 10
    assert found["… effects"]["measured"] > 30
    assert "resident memory" in capsys.readouterr().out


def test_a_promise_is_kept_or_not() -> None:
    assert Figure("sweep", "ms", 1.0, 1.0).kept
    assert not Figure("sweep", "ms", 1.1, 1.0).kept
    assert Figure("effects", "a second", 1000, 1000, at_least=True).kept
    assert not Figure("effects", "a second", 999, 1000, at_least=True).kept
    assert Figure("effects", "", 44).kept is None
