"""Refusals as Graph words them.

Documented under "Microsoft Graph error responses and resource types"; Outlook's own codes are those of Exchange.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any


class GraphError(Exception):
    """A refusal: its status, Graph's code, and a sentence."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}

    def as_json(self, now: datetime, request_id: str) -> dict[str, Any]:
        """Give the body of the answer."""
        inner = {"date": f"{now:%Y-%m-%dT%H:%M:%S}", "request-id": request_id, "client-request-id": request_id}
        return {"error": {"code": self.code, "message": self.message, "innerError": inner}}


def unauthenticated(message: str, base: str) -> GraphError:
    """The token is missing, unknown, expired or revoked."""
    challenge = (
        f'Bearer realm="", authorization_uri="{base}/common/oauth2/authorize",'
        ' client_id="00000003-0000-0000-c000-000000000000"'
    )
    return GraphError(401, "InvalidAuthenticationToken", message, {"WWW-Authenticate": challenge})


def denied() -> GraphError:
    """The token lacks every scope that would do."""
    return GraphError(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")


def missing() -> GraphError:
    """There is no such item, or no longer."""
    return GraphError(404, "ErrorItemNotFound", "The specified object was not found in the store.")


def malformed_id() -> GraphError:
    """What stands where an id should is none."""
    return GraphError(400, "ErrorInvalidIdMalformed", "Id is malformed.")


def stale() -> GraphError:
    """The item has changed since its etag was read."""
    return GraphError(
        412,
        "ErrorIrresolvableConflict",
        "The send or update operation could not be performed because the change key passed in the request does not"
        " match the current change key for the item.",
    )


def bad_request(message: str, code: str = "BadRequest") -> GraphError:
    """The request is not as documented."""
    return GraphError(400, code, message)


def unread_body(message: str) -> GraphError:
    """The body does not fit the type that is expected."""
    return GraphError(400, "RequestBodyRead", message)


def throttled(seconds: int, message: str = "Application is over its MailboxConcurrency limit.") -> GraphError:
    """Too much at once."""
    return GraphError(429, "ApplicationThrottled", message, {"Retry-After": str(seconds)})


def unavailable(status: int, seconds: int) -> GraphError:
    """The service does not answer just now."""
    code = {503: "ServiceUnavailable", 504: "GatewayTimeout"}.get(status, "InternalServerError")
    headers = {"Retry-After": str(seconds)} if status == 503 else {}
    return GraphError(status, code, "The service is temporarily unavailable. Please retry later.", headers)


def new_request_id() -> str:
    """Make an id as each answer carries one."""
    return str(uuid.uuid4())
