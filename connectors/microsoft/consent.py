"""Asking a person for their consent at Microsoft: the code flow with PKCE, state and nonce, done by msal."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from connectors.errors import ConnectorError, ConsentRevoked, Rejected, Temporary
from connectors.microsoft import refusals
from connectors.microsoft.application import application, library
from connectors.microsoft.kept import Kept
from connectors.microsoft.settings import MicrosoftClientSettings
from connectors.microsoft.tokens import LONGEST
from connectors.oauth import Declined, Forged, Granted, NeedsAdministrator, Started
from connectors.patience import TooLate, within

RESERVED = frozenset({"openid", "profile", "offline_access"})
"""What msal asks for by itself: who the person is, and that the consent lasts."""


class MicrosoftConsent:
    """``Consent`` for one application."""

    def __init__(self, client: MicrosoftClientSettings, *, home: Path) -> None:
        self._application = application(client, home)

    def start(self, redirect: str, state: str, scopes: frozenset[str], account: str | None) -> Started:
        """Give Microsoft's page. The person may choose among accounts; ``account`` is the one that is offered first."""
        asked = sorted(scopes - RESERVED)

        def begin() -> dict[str, Any]:
            client = self._application.client(library().SerializableTokenCache())
            with warnings.catch_warnings():
                # A form posted from another site would come without our cookie, by which the browser is known.
                warnings.filterwarnings("ignore", message="response_mode", category=UserWarning)
                flow: dict[str, Any] = client.initiate_auth_code_flow(
                    asked, redirect_uri=redirect, state=state, login_hint=account, prompt="select_account"
                )
            return flow

        with refusals.translated():
            flow = _in_time(begin)
        return Started(flow["auth_uri"], json.dumps({"flow": flow, "asked": asked}))

    def finish(self, memory: str, answer: Mapping[str, str]) -> Granted:
        """Turn the parameters that the person came back with into a grant."""
        begun = json.loads(memory)
        flow, asked = begun["flow"], frozenset(begun["asked"])
        if answer.get("state") != flow["state"]:
            raise Forged("the answer does not belong to what was asked")
        if "error" in answer:
            raise self._refused(answer, flow, asked)
        if not answer.get("code"):
            raise Forged("the answer has no code")
        cache = library().SerializableTokenCache()

        def redeem() -> dict[str, Any]:
            result: dict[str, Any] = self._application.client(cache).acquire_token_by_auth_code_flow(flow, dict(answer))
            return result

        try:
            with refusals.translated():
                result = _in_time(redeem)
        except RuntimeError as error:  # msal's word for a nonce, or an identity, that is not the one asked for
            raise Forged("the answer is about somebody else") from error
        if "access_token" not in result:
            raise _not_redeemed(result)
        granted = _granted(result)
        return Granted(_account(result), asked, granted, Kept(granted, cache.serialize()).packed())

    def withdraw(self, payload: bytes) -> bool:  # noqa: ARG002 - as every provider has it
        """Say that it cannot be done: Microsoft has no endpoint for it, the person's own page of applications has."""
        return False

    def administrators_link(self, redirect: str, scopes: frozenset[str], state: str) -> str:
        """Give the page on which an administrator agrees for the whole organisation."""
        settings = self._application.settings
        asked = {
            "client_id": settings.client_id,
            "scope": " ".join(sorted(scopes - RESERVED)),
            "redirect_uri": redirect,
            "state": state,
        }
        return f"{settings.authority.rstrip('/')}/{settings.tenant}/v2.0/adminconsent?{urlencode(asked)}"

    def _refused(self, answer: Mapping[str, str], flow: Mapping[str, Any], asked: frozenset[str]) -> ConnectorError:
        if refusals.ONLY_ADMINISTRATORS & refusals.numbers(answer) or answer["error"] == "consent_required":
            link = self.administrators_link(flow["redirect_uri"], asked, flow["state"])
            return NeedsAdministrator("an administrator of the organisation has to agree first", link)
        if answer["error"] in {"access_denied", "interaction_required", "login_required"}:
            return Declined("the person did not agree")
        return refusals.of_tokens(answer)


def _granted(result: Mapping[str, Any]) -> frozenset[str]:
    """Scopes by their short names: some clouds say Graph's address before each."""
    return frozenset(each.rpartition("/")[2] for each in str(result.get("scope", "")).split()) - RESERVED


def _not_redeemed(result: Mapping[str, Any]) -> ConnectorError:
    translated = refusals.of_tokens(result)
    if isinstance(translated, ConsentRevoked):
        return Forged("the code was used before, is too old, or belongs to another browser")
    return translated


def _account(result: Mapping[str, Any]) -> str:
    claims = result.get("id_token_claims") or {}
    found = claims.get("preferred_username") or claims.get("email")
    if not isinstance(found, str):
        raise Rejected("Microsoft does not say whose account it is")
    return found


def _in_time(call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return within(LONGEST, call, "microsoft-consent")
    except TooLate as error:
        raise Temporary("Microsoft does not answer in time") from error
