"""The time that a server believes it is: this machine's until a test sets one, and then still until it is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SetClock:
    """Tells the time in UTC."""

    def __init__(self) -> None:
        self._set: datetime | None = None

    def now(self) -> datetime:
        return self._set or datetime.now(UTC)

    def stamp(self) -> float:
        """Seconds since 1970."""
        return self.now().timestamp()

    def set(self, at: datetime | None) -> None:
        """Stand still at a time, or go with this machine's again (None)."""
        if at is not None and at.tzinfo is None:
            raise ValueError(f"{at} has no zone")
        self._set = at

    def advance(self, by: timedelta) -> None:
        self._set = self.now() + by
