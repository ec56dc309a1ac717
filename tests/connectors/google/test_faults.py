"""Whatever goes wrong with Google's writes, each meeting is there once and where it belongs."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.connectors.google.faults import Campaign
from tests.servers.google.running import GoogleServer


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_booked_twice_lost_or_stuck(google_process: GoogleServer, seed: int) -> None:
    outcome = Campaign(google_process, seed, methods=("calendar.*",)).run(100)
    google_process.assert_sound()
    assert (outcome.duplicates, outcome.losses, outcome.stuck) == (0, 0, 0)
    assert outcome.faults.total() >= 100
    assert len(outcome.faults) == 8


def test_a_client_that_looks_nothing_up_is_caught(google_process: GoogleServer) -> None:
    """The count counts: who takes a lost answer for a failure, and books under another key, has duplicates."""
    campaign = Campaign(google_process, 3, methods=("calendar.events.insert",), careless=True)
    outcome = campaign.run(20)
    assert outcome.duplicates > 0
    assert Counter(outcome.faults)["after-commit"] > 0
