"""The identity platform's errors: a code, what OAuth calls it, and a sentence.

Documented under "Microsoft Entra authentication and authorization error codes".
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Kind:
    """One AADSTS error."""

    code: int
    error: str
    sentence: str
    status: int = 400
    suberror: str = ""


CONSENT_MISSING = Kind(
    65001,
    "invalid_grant",
    "The user or administrator has not consented to use the application.",
    400,
    "consent_required",
)
DECLINED = Kind(65004, "access_denied", "User declined to consent to access the app.")
ADMIN_NEEDED = Kind(
    90094,
    "access_denied",
    "The application needs permissions that only an administrator of the organization can grant.",
)
NOT_AN_ADMIN = Kind(90093, "access_denied", "You are not authorized to grant these permissions for the organization.")
ADMIN_DECLINED = Kind(65004, "permission_denied", "The administrator declined to consent to access the app.")
REDIRECT = Kind(50011, "invalid_request", "The redirect URI specified in the request does not match those configured.")
UNKNOWN_APPLICATION = Kind(700016, "unauthorized_client", "Application was not found in the directory.")
UNKNOWN_TENANT = Kind(90002, "invalid_request", "Tenant not found.")
OTHER_TENANT = Kind(50020, "interaction_required", "The user account does not exist in this tenant.")
NOT_MULTI_TENANT = Kind(
    50194, "unauthorized_client", "The application is not configured as a multi-tenant application."
)
WRONG_PASSWORD = Kind(50126, "invalid_grant", "Error validating credentials due to invalid username or password.")
INTERACTION = Kind(50076, "interaction_required", "You must use multi-factor authentication.", 400, "basic_action")
NOT_SIGNED_IN = Kind(50058, "login_required", "A silent sign-in request was sent but no user is signed in.")
MISSING = Kind(900144, "invalid_request", "The request body or query must contain the parameter: ")
MALFORMED = Kind(9002313, "invalid_request", "Invalid request. Request is malformed or invalid.")
DUPLICATED = Kind(9000411, "invalid_request", "The request is not properly formatted. A parameter is duplicated: ")
RESPONSE_TYPE = Kind(700054, "unsupported_response_type", "response_type is not enabled for the application.")
SCOPE = Kind(70011, "invalid_scope", "The provided value for the input parameter 'scope' is not valid: ")
SCOPE_UNREGISTERED = Kind(650053, "invalid_client", "The application asked for a scope that does not exist on it: ")
CHALLENGE = Kind(501491, "invalid_request", "Invalid size or method of code challenge.")
VERIFIER = Kind(501481, "invalid_grant", "The Code_Verifier does not match the code_challenge supplied.")
SECRET = Kind(7000215, "invalid_client", "Invalid client secret provided.", 401)
NO_SECRET = Kind(
    7000218, "invalid_client", "The request body must contain: 'client_assertion' or 'client_secret'.", 401
)
GRANT_TYPE = Kind(70003, "unsupported_grant_type", "The app requested an unsupported grant type.")
MALFORMED_GRANT = Kind(9002313, "invalid_grant", "The provided grant is malformed or invalid.")
REDEEMED = Kind(54005, "invalid_grant", "OAuth2 Authorization code was already redeemed.")
CODE_EXPIRED = Kind(
    70008, "invalid_grant", "The provided authorization code or refresh token has expired.", 400, "bad_token"
)
IDLE = Kind(700082, "invalid_grant", "The refresh token has expired due to inactivity.", 400, "bad_token")
ROTATED = Kind(70000, "invalid_grant", "The provided grant was replaced by a newer one.", 400, "bad_token")
REVOKED = Kind(50173, "invalid_grant", "The provided grant has expired due to it being revoked.", 400, "bad_token")
WRONG_CLIENT = Kind(70000, "invalid_grant", "The provided grant was issued to another client or redirect URI.")


class Refused(Exception):
    """A request that is not granted; ``detail`` completes the sentence."""

    def __init__(self, kind: Kind, detail: str = "") -> None:
        super().__init__(kind.sentence)
        self.kind = kind
        self.detail = detail

    def description(self, now: datetime) -> str:
        """Say what the platform says, with the ids it adds."""
        ids = f"Trace ID: {uuid.uuid4()} Correlation ID: {uuid.uuid4()} Timestamp: {now:%Y-%m-%d %H:%M:%SZ}"
        return f"AADSTS{self.kind.code}: {self.kind.sentence}{self.detail} {ids}"

    def as_json(self, now: datetime) -> dict[str, Any]:
        """Give the body of the token endpoint's answer."""
        body: dict[str, Any] = {
            "error": self.kind.error,
            "error_description": self.description(now),
            "error_codes": [self.kind.code],
            "timestamp": f"{now:%Y-%m-%d %H:%M:%SZ}",
            "trace_id": str(uuid.uuid4()),
            "correlation_id": str(uuid.uuid4()),
            "error_uri": f"https://login.microsoftonline.com/error?code={self.kind.code}",
        }
        return body | ({"suberror": self.kind.suberror} if self.kind.suberror else {})
