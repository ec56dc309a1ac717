"""What went wrong outside, told by what the caller must do about it.

    ConnectorError
    ├── Temporary              try later
    │   └── RateLimited        try later, after ``retry_after``
    ├── Rejected               never repeat it as it is
    │   └── ConsentRevoked     ask the person for access again
    ├── Missing                the thing is not there (any more)
    ├── Conflict               somebody changed it first: read again, then decide again
    ├── Unreadable             the answer makes no sense: what it speaks of is unknown, not free
    └── OutcomeUnknown         a write that may have happened: look it up by its key before anything else

A message may name a host and a status; it never holds a token, an address, a title or a body.
"""

from __future__ import annotations

from datetime import timedelta


class ConnectorError(Exception):
    """Base of everything a connector raises on purpose; its message is safe to log."""


class Temporary(ConnectorError):
    """The same call may work later."""


class RateLimited(Temporary):
    """The provider asked us to wait."""

    def __init__(self, message: str, retry_after: timedelta) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Rejected(ConnectorError):
    """The provider understood and refused; repeating it will not help."""


class ConsentRevoked(Rejected):
    """Credentials are wrong, expired or withdrawn."""


class Missing(ConnectorError):
    """The calendar or event is not there."""


class Conflict(ConnectorError):
    """A conditional write met a newer version, or a creation met an existing one."""


class Unreadable(ConnectorError):
    """The provider's answer could not be understood within its bounds of size and time."""


class OutcomeUnknown(ConnectorError):
    """A write was sent and its answer was lost."""
