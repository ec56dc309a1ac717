"""How Google says no: "Handle API errors" of the Calendar API guides, and the same shape for Gmail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

REALM = 'Bearer realm="https://accounts.google.com/"'


@dataclass
class Refusal(Exception):
    """An error as Google answers it."""

    status: int
    reason: str
    message: str
    domain: str = "global"
    location: str = ""
    location_type: str = "parameter"
    rpc: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    details: tuple[dict[str, Any], ...] = ()

    def body(self) -> dict[str, Any]:
        """Give the JSON."""
        one = {"message": self.message, "domain": self.domain, "reason": self.reason}
        if self.location:
            one |= {"location": self.location, "locationType": self.location_type}
        error: dict[str, Any] = {"code": self.status, "message": self.message, "errors": [one]}
        if self.rpc:
            error["status"] = self.rpc
        if self.details:
            error["details"] = list(self.details)
        return {"error": error}


def bad_request(message: str) -> Refusal:
    return Refusal(400, "badRequest", message, rpc="INVALID_ARGUMENT")


def invalid(message: str, location: str = "", reason: str = "invalid", domain: str = "global") -> Refusal:
    return Refusal(400, reason, message, domain, location)


def required(what: str) -> Refusal:
    return Refusal(400, "required", f"Missing {what}.", location=what)


def not_found() -> Refusal:
    return Refusal(404, "notFound", "Not Found")


def duplicate() -> Refusal:
    return Refusal(409, "duplicate", "The requested identifier already exists.")


def deleted() -> Refusal:
    return Refusal(410, "deleted", "Resource has been deleted")


def full_sync_required() -> Refusal:
    message = "Sync token is no longer valid, a full sync is required."
    return Refusal(410, "fullSyncRequired", message, "calendar", "syncToken")


def updated_too_long_ago() -> Refusal:
    message = "The requested minimum modification time lies too far in the past."
    return Refusal(410, "updatedMinTooLongAgo", message, "calendar", "updatedMin")


def stale() -> Refusal:
    return Refusal(412, "conditionNotMet", "Precondition Failed", location="If-Match", location_type="header")


def not_the_organizer() -> Refusal:
    message = "Shared properties can only be changed by the organizer of the event."
    return Refusal(403, "forbiddenForNonOrganizer", message, "calendar")


def access_level(role: str) -> Refusal:
    return Refusal(403, "requiredAccessLevel", f"You need to have {role} access to this calendar.", "calendar")


def unauthenticated() -> Refusal:
    return Refusal(
        401,
        "authError",
        "Invalid Credentials",
        location="Authorization",
        location_type="header",
        rpc="UNAUTHENTICATED",
        headers={"WWW-Authenticate": f'{REALM}, error="invalid_token"'},
    )


def login_required() -> Refusal:
    return Refusal(
        401,
        "required",
        "Login Required.",
        location="Authorization",
        location_type="header",
        rpc="UNAUTHENTICATED",
        headers={"WWW-Authenticate": REALM},
    )


def insufficient(method: str, scopes: frozenset[str]) -> Refusal:
    return Refusal(
        403,
        "insufficientPermissions",
        "Request had insufficient authentication scopes.",
        rpc="PERMISSION_DENIED",
        headers={"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{" ".join(sorted(scopes))}"'},
        details=(
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                "domain": "googleapis.com",
                "metadata": {"method": method},
            },
        ),
    )


LIMITS = {
    "rateLimitExceeded": (403, "Rate Limit Exceeded"),
    "userRateLimitExceeded": (403, "User Rate Limit Exceeded"),
    "quotaExceeded": (403, "Calendar usage limits exceeded."),
    "tooManyRequests": (429, "Rate Limit Exceeded"),
}
"""By the name a test asks for; Google calls the last one ``rateLimitExceeded`` too."""


def over_limit(kind: str, retry_after: int | None = None) -> Refusal:
    status, message = LIMITS[kind]
    return Refusal(
        status,
        "rateLimitExceeded" if kind == "tooManyRequests" else kind,
        message,
        "calendar" if kind == "quotaExceeded" else "usageLimits",
        rpc="RESOURCE_EXHAUSTED" if status == 429 else "",
        headers={} if retry_after is None else {"Retry-After": str(retry_after)},
    )


def unavailable(status: int = 503) -> Refusal:
    return Refusal(status, "backendError", "Backend Error", rpc="UNAVAILABLE" if status == 503 else "INTERNAL")


def not_made(what: str) -> Refusal:
    """Not Google's: the double does not do this, and says so rather than guess."""
    return Refusal(501, "notMadeInTheDouble", f"This double does not do {what}; see tests/servers/README.md.")
