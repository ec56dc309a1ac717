"""What a CalDAV server's status and a broken connection mean for the caller: the one place that translates them."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx

from connectors.caldav import wire
from connectors.errors import (
    Conflict,
    ConnectorError,
    ConsentRevoked,
    Missing,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Temporary,
)
from connectors.patience import wait_asked_for

PAUSE = timedelta(minutes=1)
"""How long to stay away from a server that asks to wait and does not say how long."""

_PLAIN: dict[int, tuple[type[ConnectorError], str]] = {
    401: (ConsentRevoked, "user name or password is wrong"),
    404: (Missing, "there is nothing at this address"),
    408: (Temporary, "it did not wait for us"),
    410: (Missing, "there is nothing at this address any more"),
    423: (Temporary, "it is locked"),
    425: (Temporary, "it is too early"),
    501: (Rejected, "it cannot do this"),
    505: (Rejected, "it cannot do this"),
    507: (Rejected, "its storage is full"),
}

_CONTENT = {
    *("supported-report", "supported-filter", "valid-filter", "supported-collation", "supported-calendar-data"),
    *("valid-calendar-data", "valid-calendar-object-resource", "supported-calendar-component", "max-resource-size"),
    *(
        "number-of-matches-within-limits",
        "min-date-time",
        "max-date-time",
        "max-instances",
        "max-attendees-per-instance",
    ),
}
"""Conditions by which a server refuses what is asked, not who asks nor when (RFC 4791, sections 5.3.2 and 7)."""


def of_status(response: httpx.Response, body: bytes, *, writing: bool, now: datetime) -> ConnectorError:
    """Translate a status that is none of success."""
    status = response.status_code
    says = f"{response.request.url.host} answers {status}"
    wait = wait_asked_for(response.headers.get("Retry-After"), now)
    if status == 429 or (status in {423, 503} and wait is not None):
        return RateLimited(says, PAUSE if wait is None else wait)
    if status in _PLAIN:
        kind, sentence = _PLAIN[status]
        return kind(f"{says}: {sentence}")
    if status >= 500 or status < 300:  # a success that is none we know is no less uncertain
        return OutcomeUnknown(says) if writing else Temporary(says)
    return _of_refusal(status, says, wire.preconditions(body), writing=writing)


def _of_refusal(status: int, says: str, named: frozenset[str], *, writing: bool) -> ConnectorError:
    content = sorted(named & _CONTENT)
    if status in {409, 412} and not content:
        return Conflict(f"{says}: somebody was there first")
    if status == 403 and not content:
        what = "write to" if writing else "read"
        return (Rejected if writing else ConsentRevoked)(f"{says}: this login may not {what} the calendar")
    if status < 400:
        return Rejected(f"{says}: it sends us elsewhere; put the final address into url")
    return Rejected(f"{says} ({', '.join(content)})" if content else says)
