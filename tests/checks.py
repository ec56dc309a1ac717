"""Holds every plan that a test makes against ``check``, and counts them.

``ATTUNE_TEST_CHECKS=FILE`` appends one line for each test process: how many plans were checked, how many refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agent.core.check import People, Placement, Violation, check

if TYPE_CHECKING:
    from tests.services.stage import Stage

STAGES: list[Stage] = []
"""Those that the running test has opened."""

REFUSED_ON_PURPOSE = "refused_on_purpose"
"""Mark of a test that breaks the search to see it refused."""


class Tally:
    """How many plans this process has checked, and how many of them that were to be booked were refused."""

    checked = 0
    refused = 0


def checked(plan: Sequence[Placement], people: People) -> list[Violation]:
    """Do what ``check`` does, and count it."""
    Tally.checked += len(plan)
    return check(plan, people)


def refusals() -> list[str]:
    """What the journals of the stages say of refused decisions; they are forgotten afterwards."""
    lines = [f"{entry.relationship}: {dict(entry.detail)}" for stage in STAGES for entry in stage.told("check-failed")]
    STAGES.clear()
    Tally.refused += len(lines)
    return lines


def append(path: str) -> None:
    """Add this process's figures to a file."""
    if Tally.checked:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{Tally.checked} plans checked, {Tally.refused} refused\n")
