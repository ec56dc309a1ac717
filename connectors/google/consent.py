"""Asking somebody for access at Google, and giving it back: OpenID Connect's code flow with PKCE (RFC 7636)."""

from __future__ import annotations

import hmac
import json
import secrets
import ssl
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from agent.clock import Clock
from connectors.errors import ConnectorError, Rejected, Temporary, Unreadable
from connectors.google import reasons
from connectors.google.client import secret_of, trust
from connectors.google.scopes import granted
from connectors.google.settings import GoogleClientSettings
from connectors.google.tokens import Tokens, carried, unpacked
from connectors.oauth import Declined, Forged, Granted, Started

TIMEOUT = 20
"""Seconds; somebody waits in front of a page."""

Json = dict[str, Any]


class GoogleConsent:
    """A ``Consent``."""

    def __init__(self, client: GoogleClientSettings, *, home: Path, clock: Clock) -> None:
        self._client = client
        self._home = home
        self._clock = clock

    def start(self, redirect: str, state: str, scopes: frozenset[str], account: str | None) -> Started:
        """Give Google's page. It is asked to show itself again to who agreed before: else no refresh token comes."""
        verifier, nonce = secrets.token_urlsafe(64), secrets.token_urlsafe(16)
        parameters = {
            "client_id": self._client.client_id,
            "redirect_uri": redirect,
            "response_type": "code",
            "scope": " ".join(sorted(scopes)),
            "state": state,
            "nonce": nonce,
            "access_type": "offline",
            "prompt": "consent",
            "code_challenge": _unpadded(sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
        } | ({"login_hint": account} if account else {})
        memory = {
            "verifier": verifier,
            "nonce": nonce,
            "state": state,
            "redirect": redirect,
            "scopes": sorted(scopes),
        }
        return Started(f"{self._client.authorize}?{urlencode(parameters)}", json.dumps(memory))

    def finish(self, memory: str, answer: Mapping[str, str]) -> Granted:
        """Turn a code into tokens; whose they are is in the identity token that comes with them."""
        known = json.loads(memory)
        if not hmac.compare_digest(known["state"].encode(), answer.get("state", "").encode()):
            raise Forged("the answer does not belong to what was asked of Google")
        if answer.get("error") == "access_denied":
            raise Declined("the person said no at Google")
        if "error" in answer:
            raise Rejected("Google does not let the person agree: see the client's settings in its console")
        if not answer.get("code"):
            raise Forged("Google's answer has no code")
        return self._granted(known, self._redeem(known, answer["code"]))

    def withdraw(self, payload: bytes) -> bool:
        """End the grant and all its tokens; one that has ended before is as good."""
        answer = self._post(self._client.revoke, {"token": unpacked(payload).refresh})
        if answer.is_success or _code(answer) == "invalid_token":
            return True
        raise _of_answer(answer)

    def carried(self, before: bytes, payload: bytes) -> bytes:
        """Give the new secret with the calendar that was made under the one before."""
        return carried(before, payload)

    def _redeem(self, known: Json, code: str) -> Json:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": known["redirect"],
            "code_verifier": known["verifier"],
            "client_id": self._client.client_id,
            "client_secret": secret_of(self._client, self._home),
        }
        answer = self._post(self._client.token, form)
        if _code(answer) == "invalid_grant":
            raise Forged("the code was used before, or is too old")
        if not answer.is_success:
            raise _of_answer(answer)
        return _json(answer)

    def _granted(self, known: Json, answer: Json) -> Granted:
        asked = frozenset(known["scopes"])
        try:
            claims = self._claims(answer.get("id_token"), known["nonce"])
            given = granted(asked, answer.get("scope", " ".join(asked)))
            expires = self._clock.now() + timedelta(seconds=int(answer["expires_in"]))
            access = str(answer["access_token"])
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise Unreadable("Google's tokens cannot be understood") from error
        if not answer.get("refresh_token"):
            raise Rejected("Google gives access for an hour only; take Attune off your Google account and agree again")
        account = str(claims.get("email", ""))
        tokens = Tokens(str(answer["refresh_token"]), given, access, expires, account=account)
        return Granted(account, asked, given & asked, tokens.packed())

    def _claims(self, token: str | None, nonce: str) -> Json:
        """Read an identity token.

        It came from the token endpoint itself: TLS vouches for it (OpenID Connect Core, section 3.1.3.7, item 6).
        """
        if token is None:
            return {}
        middle = token.split(".")[1]
        claims: Json = json.loads(urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        if claims["aud"] != self._client.client_id or claims.get("nonce") != nonce:
            raise Forged("Google's identity token belongs to another request")
        return claims

    def _post(self, url: str, form: dict[str, str]) -> httpx.Response:
        trusted = trust(self._client, self._home)
        try:
            return httpx.post(
                url,
                data=form,
                timeout=TIMEOUT,
                verify=ssl.create_default_context(cafile=trusted),
                follow_redirects=False,
            )
        except (httpx.HTTPError, OSError) as error:
            raise Temporary(f"Google does not answer ({type(error).__name__})") from error


def _of_answer(answer: httpx.Response) -> ConnectorError:
    if answer.status_code == 429 or answer.status_code >= 500:
        return Temporary(f"Google answers {answer.status_code}")
    return Rejected(f"Google refuses ({_code(answer) or answer.status_code}): see client_id and client_secret")


def _code(answer: httpx.Response) -> str:
    if answer.is_success:
        return ""
    try:
        return reasons.word(_json(answer).get("error"))
    except Unreadable:
        return ""


def _json(answer: httpx.Response) -> Json:
    try:
        found = answer.json()
    except ValueError as error:
        raise Unreadable("Google's answer is no JSON") from error
    if not isinstance(found, dict):
        raise Unreadable("Google's answer is not what was asked for")
    return found


def _unpadded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
