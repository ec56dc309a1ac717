"""Stands where a calendar cannot be opened until an administrator mends something: every call says what."""

from __future__ import annotations

from typing import NoReturn

from agent.core.invitations import Invitation
from agent.core.observation import OwnEvent
from agent.core.timespan import Span
from connectors.base import Capability
from connectors.errors import Rejected


class UnusableCalendar:
    """A ``CalendarWriter`` that refuses: its person is unknown rather than free, and nobody else is hurt."""

    capabilities = Capability.WRITE

    def __init__(self, why: str) -> None:
        self._why = why

    def token(self) -> NoReturn:
        """Refuse."""
        self._refuse()

    def read(self, window: Span, own: frozenset[str]) -> NoReturn:  # noqa: ARG002 - as every calendar has it
        """Refuse."""
        self._refuse()

    def find(self, uid: str) -> NoReturn:  # noqa: ARG002 - as every calendar has it
        """Refuse."""
        self._refuse()

    def create(self, invitation: Invitation) -> NoReturn:  # noqa: ARG002 - as every calendar has it
        """Refuse."""
        self._refuse()

    def update(self, invitation: Invitation, event: OwnEvent) -> NoReturn:  # noqa: ARG002 - as every calendar has it
        """Refuse."""
        self._refuse()

    def remove(self, event: OwnEvent) -> NoReturn:  # noqa: ARG002 - as every calendar has it
        """Refuse."""
        self._refuse()

    def check(self) -> NoReturn:
        """Refuse."""
        self._refuse()

    def close(self) -> None:
        """There is nothing to let go of."""

    def _refuse(self) -> NoReturn:
        raise Rejected(self._why)
