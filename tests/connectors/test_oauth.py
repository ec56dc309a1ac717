"""What a grant holds is shown by no text that is made of it."""

from __future__ import annotations

import pytest

from connectors.oauth import Granted, Secret, Started


@pytest.mark.parametrize(
    "held",
    [
        Secret(b"CANARY", 1),
        Started("https://provider.example/authorize", "CANARY"),
        Granted("mentor@northwind.example", frozenset(), frozenset(), b"CANARY"),
    ],
)
def test_no_text_shows_a_secret(held: object) -> None:
    """An error or a log line that names it would give the grant away."""
    assert "CANARY" not in f"{held!r} {held}"
