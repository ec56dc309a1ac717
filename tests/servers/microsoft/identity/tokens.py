"""The token endpoint: a code or a refresh token in, tokens out.

Documented under "Microsoft identity platform and OAuth 2.0 authorization code flow". The real platform keeps old
refresh tokens alive when it gives new ones; this one ends them after a grace, so that a client which forgets to store
the new one is found out.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.servers.common.faults import COMMITTED, Fault
from tests.servers.common.oauth import opaque, unpadded, verifies
from tests.servers.common.severing import Severed, Truncated
from tests.servers.microsoft.directory import OIDC, Account, Application
from tests.servers.microsoft.identity import asked, errors
from tests.servers.microsoft.identity.errors import Refused
from tests.servers.microsoft.identity.grants import Grant
from tests.servers.microsoft.world import World

OPERATIONS = {"authorization_code": "token.code", "refresh_token": "token.refresh"}

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class Tokens:
    """``POST /{tenant}/oauth2/v2.0/token``."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def __call__(self, request: Request) -> Response:
        """Answer, and write down how."""
        reason, who = "", ""
        form: dict[str, str] = {}
        try:
            form = _form(request, await request.body())
            who = self._whose(form)
            application = self._client(form, request.headers.get("authorization"))
            asked.check_tenant(request.path_params["tenant"], application, self._world.directory)
            answer = self._give(form, application, who)
        except Refused as refused:
            reason = f"AADSTS{refused.kind.code}"
            answer = JSONResponse(refused.as_json(self._world.clock.now()), refused.kind.status, headers=NO_STORE)
        status = 0 if isinstance(answer, Severed) else answer.status_code
        self._world.keep(OPERATIONS.get(form.get("grant_type", ""), "token"), who, status, reason)
        return answer

    def _give(self, form: Mapping[str, str], application: Application, who: str) -> Response:
        kind = form.get("grant_type", "")
        operation = OPERATIONS.get(kind)
        if operation is None:
            raise Refused(errors.GRANT_TYPE)
        fault = self._world.faults.draw(operation, who)
        if fault and fault not in COMMITTED:
            return self._fail(fault, form)
        body = self._redeem(form, application) if kind == "authorization_code" else self._refresh(form, application)
        if fault is Fault.AFTER_COMMIT:
            return Severed()
        if fault is Fault.FAILED_AFTER_COMMIT:
            return _unavailable(504)
        answer = JSONResponse(body, headers=NO_STORE)
        return Truncated(answer) if fault is Fault.TRUNCATED else answer

    def _redeem(self, form: Mapping[str, str], application: Application) -> dict[str, Any]:
        now = self._world.clock.now()
        code = self._world.grants.redeem(_needed(form, "code"), now)
        if code.grant.client_id != application.client_id or code.redirect_uri != _needed(form, "redirect_uri"):
            raise Refused(errors.WRONG_CLIENT)
        if not verifies(_needed(form, "code_verifier"), code.challenge):
            raise Refused(errors.VERIFIER)
        if "scope" in form:
            asked.scopes_of(form["scope"], application)
        refresh = self._world.grants.new_refresh(code.grant, now) if "offline_access" in code.grant.scopes else None
        return self._answer(code.grant, code.grant.scopes, refresh, form, code.nonce)

    def _refresh(self, form: Mapping[str, str], application: Application) -> dict[str, Any]:
        now = self._world.clock.now()
        word = _needed(form, "refresh_token")
        grant = self._world.grants.refresh(word, application.client_id, now)
        account = self._world.directory.accounts[grant.account]
        wanted = asked.scopes_of(form["scope"], application) if form.get("scope") else grant.scopes
        given = self._world.directory.consented(application, account)
        if not wanted - account.withheld <= given:
            raise Refused(errors.CONSENT_MISSING)
        return self._answer(grant, wanted & given, self._world.grants.rotate(word, now), form, "")

    def _answer(
        self, grant: Grant, scopes: frozenset[str], refresh: str | None, form: Mapping[str, str], nonce: str
    ) -> dict[str, Any]:
        now = self._world.clock.now()
        account = self._world.directory.accounts[grant.account]
        seconds = int(self._world.grants.access_life.total_seconds())
        body = {
            "token_type": "Bearer",
            "scope": " ".join(sorted(scopes - {"offline_access"})),
            "expires_in": seconds,
            "ext_expires_in": seconds,
            "access_token": self._world.grants.new_access(grant, scopes - OIDC, now),
        }
        if refresh:
            body["refresh_token"] = refresh
        if "openid" in scopes:
            body["id_token"] = self._id_token(grant, account, scopes, nonce, now)
        if form.get("client_info") == "1":
            body["client_info"] = unpadded(json.dumps({"uid": account.id, "utid": account.tenant}).encode())
        return body

    def _id_token(self, grant: Grant, account: Account, scopes: frozenset[str], nonce: str, now: datetime) -> str:
        claims: dict[str, Any] = {
            "aud": grant.client_id,
            "iss": self._world.issuer(account.tenant),
            "oid": account.id,
            "tid": account.tenant,
            "sub": hashlib.sha256(f"{grant.client_id}/{account.id}".encode()).hexdigest()[:43],
            "ver": "2.0",
            "uti": opaque(),
        }
        if "profile" in scopes:
            claims |= {"name": account.name, "preferred_username": account.address}
        if "email" in scopes:
            claims["email"] = account.address
        if nonce:
            claims["nonce"] = nonce
        return self._world.key.sign(claims | _times(now))

    def _fail(self, fault: Fault, form: Mapping[str, str]) -> Response:
        if fault is Fault.BEFORE_COMMIT:
            return Severed()
        if fault is Fault.THROTTLED:
            return _unavailable(429)
        if fault is Fault.UNAVAILABLE:
            return _unavailable(503)
        grant = self._grant(form)
        if fault is Fault.SCOPE_MISSING:
            if grant:
                self._world.directory.withdraw(self._world.directory.accounts[grant.account])
            raise Refused(errors.CONSENT_MISSING)
        if grant:
            grant.revoked = True
        raise Refused(errors.REVOKED)

    def _client(self, form: Mapping[str, str], authorization: str | None) -> Application:
        client_id, secret = _credentials(form, authorization)
        application = self._world.directory.applications.get(client_id)
        if application is None:
            raise Refused(errors.UNKNOWN_APPLICATION)
        if not secret:
            raise Refused(errors.NO_SECRET)
        if not secrets.compare_digest(secret, application.secret):
            raise Refused(errors.SECRET)
        return application

    def _grant(self, form: Mapping[str, str]) -> Grant | None:
        code = self._world.grants.codes.get(form.get("code", ""))
        token = self._world.grants.refreshes.get(form.get("refresh_token", ""))
        return (code and code.grant) or (token and token.grant) or None

    def _whose(self, form: Mapping[str, str]) -> str:
        grant = self._grant(form)
        return self._world.directory.accounts[grant.account].address if grant else ""


def _unavailable(status: int) -> Response:
    body = {"error": "temporarily_unavailable", "error_description": "AADSTS90033: A transient error has occurred."}
    return JSONResponse(body, status, headers=NO_STORE | ({"Retry-After": "1"} if status != 504 else {}))


def _form(request: Request, body: bytes) -> dict[str, str]:
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise Refused(errors.MALFORMED)
    pairs = parse_qsl(body.decode(), keep_blank_values=True)
    names = [name for name, _ in pairs]
    if twice := {name for name in names if names.count(name) > 1}:
        raise Refused(errors.DUPLICATED, ", ".join(sorted(twice)))
    return dict(pairs)


def _credentials(form: Mapping[str, str], authorization: str | None) -> tuple[str, str]:
    if authorization is None:
        return _needed(form, "client_id"), form.get("client_secret", "")
    kind, _, word = authorization.partition(" ")
    try:
        name, _, secret = base64.b64decode(word).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Refused(errors.MALFORMED) from None
    if kind.lower() != "basic" or "client_secret" in form:
        raise Refused(errors.MALFORMED)
    return unquote(name), unquote(secret)


def _needed(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        raise Refused(errors.MISSING, f"'{name}'.")
    return form[name]


def _times(now: datetime) -> dict[str, int]:
    """Let an id token count by this server's clock and by the machine's, with which clients check it."""
    machine = datetime.now(UTC)
    return {
        "iat": int(now.timestamp()),
        "nbf": int((min(now, machine) - timedelta(minutes=5)).timestamp()),
        "exp": int((max(now, machine) + timedelta(hours=1)).timestamp()),
    }
