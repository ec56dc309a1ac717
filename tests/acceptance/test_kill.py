"""``kill -9`` of the daemon, mostly inside its effects, over both databases: nothing twice, lost or stuck.

``ATTUNE_TEST_KILLS`` says how many in all; CI asks for a hundred. ``python -m tests.kill`` does as many as one
likes, of a process that is started as a command.
"""

from __future__ import annotations

import os

import pytest

from tests.kill.trial import trial
from tests.store import postgresql

KILLS = int(os.environ.get("ATTUNE_TEST_KILLS", "20"))
SEED = int(os.environ.get("ATTUNE_TEST_SEED", "20270201"))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_killed_in_the_middle_of_its_effects_nothing_is_done_twice_and_nothing_lost(store: str) -> None:
    if store == "postgresql" and postgresql.binaries() is None:
        pytest.skip(postgresql.HOW)
    found = trial(store, KILLS // 2, SEED, "fork")
    print(*(f"{name}: {value}" for name, value in found.items()), sep="\n")
    assert not found["wrong"]
    assert found["kills inside an effect"] >= 0.3 * found["kills"]
    assert found["most copies of a mail"] <= 2
