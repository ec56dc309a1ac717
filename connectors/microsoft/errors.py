"""What Graph's status and code, and a broken connection, mean for the caller: the one place that translates them."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import httpx

from connectors.errors import (
    Conflict,
    ConnectorError,
    ConsentRevoked,
    Missing,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Temporary,
    Unreadable,
)
from connectors.patience import wait_asked_for

PAUSE = timedelta(minutes=1)
"""How long to stay away where Graph asks to wait and does not say how long."""

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_NO_SCOPE = frozenset({"ErrorAccessDenied", "Authorization_RequestDenied", "Forbidden", "accessDenied"})
"""Codes by which Graph says that the consent does not reach so far."""
_PLAIN: dict[int, tuple[type[ConnectorError], str]] = {
    401: (ConsentRevoked, "the consent does not count any more"),
    404: (Missing, "it is not there"),
    408: (Temporary, "it did not wait for us"),
    409: (Conflict, "it is there already"),
    410: (Missing, "it is not there any more"),
    412: (Conflict, "somebody changed it first"),
    423: (Temporary, "it is locked"),
    425: (Temporary, "it is too early"),
    501: (Rejected, "it cannot do this"),
    507: (Rejected, "the mailbox is full"),
}


def of_status(response: httpx.Response, body: bytes, *, writing: bool, now: datetime) -> ConnectorError:
    """Translate a status that is none of success. Graph's own sentence may quote the event: only its code is kept."""
    status, code = response.status_code, _code(body)
    says = f"{response.request.url.host} answers {status}{f' ({code})' if code else ''}"
    wait = wait_asked_for(response.headers.get("Retry-After"), now)
    if status == 429 or (status in {423, 503} and wait is not None):
        return RateLimited(says, PAUSE if wait is None else wait)
    if status in _PLAIN:
        kind, sentence = _PLAIN[status]
        return kind(f"{says}: {sentence}")
    if status >= 500 or status < 300:  # a success that is none we know is no less uncertain
        return OutcomeUnknown(says) if writing else Temporary(says)
    if status == 403 and (code in _NO_SCOPE or not writing):
        return ConsentRevoked(f"{says}: the consent does not reach so far")
    return Rejected(says)


def not_understood(host: str, *, writing: bool) -> ConnectorError:
    """A success whose body makes no sense: of a write nobody knows what came of it."""
    says = f"{host} gives an answer that cannot be understood"
    return OutcomeUnknown(says) if writing else Unreadable(says)


def _code(body: bytes) -> str:
    """Graph's word for what is wrong, empty where it gives none that looks like one."""
    try:
        found = json.loads(body)["error"]["code"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
    return found if isinstance(found, str) and _CODE.fullmatch(found) else ""
