"""What Google's answers, and the lack of one, mean for the caller."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httplib2
from google.auth.exceptions import RefreshError, TransportError

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
from connectors.google import reasons
from connectors.patience import wait_asked_for

PAUSE = timedelta(minutes=1)
"""How long to wait where Google wants us to and does not say how long: its quotas are per minute."""

LIMITS = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"})
NOT_ALLOWED = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})
GONE_FOR_GOOD = frozenset({"invalid_grant", "access_denied", "account_disabled"})
NOT_SENT = (httplib2.ServerNotFoundError, ConnectionRefusedError, ssl.SSLCertVerificationError)

_PLAIN: dict[int, tuple[type[ConnectorError], str]] = {
    401: (ConsentRevoked, "the grant does not count any more"),
    404: (Missing, "it is not there, or not for us to see"),
    408: (Temporary, "it did not wait for us"),
    409: (Conflict, "there is one already"),
    410: (Missing, "it was deleted"),
    412: (Conflict, "somebody was there first"),
}


def of_status(status: int, headers: Mapping[str, Any], body: bytes, *, writing: bool, now: datetime) -> ConnectorError:
    """Translate an answer that is no success."""
    reason = _reason(body)
    says = f"Google answers {status}" + (f" ({reason})" if reason else "")
    wait = wait_asked_for(headers.get("retry-after"), now)
    if status == 429 or (status == 403 and reason in LIMITS) or (status == 503 and wait is not None):
        return RateLimited(says, PAUSE if wait is None else wait)
    if status == 403:
        return _of_refusal(says, reason)
    if status in _PLAIN:
        kind, sentence = _PLAIN[status]
        return kind(f"{says}: {sentence}")
    if status >= 500 or status < 300:
        return OutcomeUnknown(says) if writing else Temporary(says)
    return Rejected(says)


def of_transport(error: Exception, *, writing: bool) -> ConnectorError:
    """Translate a connection that was never made, or broke. What was sent may have been heard."""
    name = type(error).__name__
    if isinstance(error, NOT_SENT):
        return Temporary(f"Google cannot be reached ({name})")
    if writing:
        return OutcomeUnknown(f"Google's answer was lost ({name})")
    return Temporary(f"Google did not answer in full ({name})")


def of_garbage(*, writing: bool) -> ConnectorError:
    """Translate a success whose body is no JSON, or not what was asked for."""
    says = "Google gives an answer that cannot be understood"
    return OutcomeUnknown(says) if writing else Unreadable(says)


def of_refresh(error: Exception) -> ConnectorError:
    """Translate a failure to get an access token: nothing else was sent yet."""
    if isinstance(error, RefreshError) and (code := refused(error)):
        if code in GONE_FOR_GOOD:
            return ConsentRevoked("Google says that the grant was taken back or has run out")
        if not error.retryable:
            return Rejected(f"Google gives no token ({code}): see client_id and client_secret")
    kind = type(error.args[0] if isinstance(error, TransportError) and error.args else error).__name__
    return Temporary(f"Google gives no token now ({kind})")


def refused(error: RefreshError) -> str:
    """Give the code with which the token endpoint refused; empty where it gave none."""
    plain = next((each for each in error.args if isinstance(each, Mapping)), {})
    return reasons.word(plain.get("error"))


def _of_refusal(says: str, reason: str) -> ConnectorError:
    if reason in NOT_ALLOWED:
        return ConsentRevoked(f"{says}: the person has not allowed this")
    return Rejected(f"{says}: this account may not do it")


def _reason(body: bytes) -> str:
    """Give the word that Google says why with; its sentences may name what is private, and are left out."""
    try:
        error = json.loads(body)["error"]
        return reasons.word(error["errors"][0]["reason"])
    except (ValueError, KeyError, TypeError, IndexError):
        return ""
