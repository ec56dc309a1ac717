"""One small calendar for each thing that a reader has to get right."""

from __future__ import annotations

import pytest

from tests.ical.expectations import HERE, Expectation, found, load

SAMPLES = HERE / "samples"


@pytest.mark.parametrize("expected", load("samples.yaml"), ids=str)
def test_a_sample_blocks_what_it_should(expected: Expectation) -> None:
    """Each of these has once made some program double-book somebody, or keep them from a meeting for nothing."""
    assert found(expected, (SAMPLES / expected.file).read_bytes()) == expected.lines


def test_every_sample_is_expected() -> None:
    """A sample that nobody reads would prove nothing."""
    assert {path.name for path in SAMPLES.iterdir()} == {expected.file for expected in load("samples.yaml")}
