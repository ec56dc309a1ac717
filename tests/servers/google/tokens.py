"""The token endpoint, revocation and the keys: "Using OAuth 2.0 for Web Server Applications", and "OpenID Connect"."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, field

from tests.servers.common.oauth import SigningKey, opaque, unpadded, verifies
from tests.servers.google.documents import Json, spell_out
from tests.servers.google.grants import ACCESS_LIFE, TESTING_LIFE, Client, Grant
from tests.servers.google.world import World

ISSUER = "https://accounts.google.com"
FIELDS = {
    "authorization_code": {"code", "redirect_uri", "code_verifier"},
    "refresh_token": {"refresh_token", "scope"},
}
ALWAYS = {"grant_type", "client_id", "client_secret"}

Form = dict[str, list[str]]


@dataclass
class TokenError(Exception):
    """An error of the token endpoint."""

    error: str
    description: str
    status: int = 400

    def body(self) -> Json:
        return {"error": self.error, "error_description": self.description}


@dataclass
class TokenDesk:
    """Gives tokens for codes and for refresh tokens."""

    key: SigningKey = field(default_factory=SigningKey)

    def exchange(self, world: World, form: Form, authorization: str) -> Json:
        """Answer a request for tokens."""
        values = _single(form)
        kind = values.get("grant_type", "")
        if kind not in FIELDS:
            raise TokenError("unsupported_grant_type", f"Invalid grant_type: {kind}")
        if unknown := set(values) - FIELDS[kind] - ALWAYS:
            raise TokenError("invalid_request", f"Unknown parameters: {', '.join(sorted(unknown))}")
        client = _client(world, values, authorization)
        if kind == "refresh_token":
            return self._refresh(world, client, values)
        return self._redeem(world, client, values)

    def _redeem(self, world: World, client: Client, values: dict[str, str]) -> Json:
        code = world.grants.codes.get(values.get("code", ""))
        if code is None or code.client != client.id:
            raise TokenError("invalid_grant", "Malformed auth code.")
        if code.used or code.expires <= world.now():
            raise TokenError("invalid_grant", "Bad Request")
        if values.get("redirect_uri") != code.redirect_uri:
            raise TokenError("redirect_uri_mismatch", "Bad Request")
        if code.challenge and not values.get("code_verifier"):
            raise TokenError("invalid_grant", "Missing code verifier.")
        if code.challenge and not verifies(values["code_verifier"], code.challenge):
            raise TokenError("invalid_grant", "Invalid code verifier.")
        code.used = True
        grant = world.grants.grant(client.id, code.account, code.scopes, world.now(), offline=code.offline)
        answer = self._tokens(world, client, grant, code.nonce)
        return answer | ({"refresh_token": grant.refresh} if grant.refresh else {})

    def _refresh(self, world: World, client: Client, values: dict[str, str]) -> Json:
        grant = world.grants.refreshable(values.get("refresh_token", ""), client.id, world.now())
        if grant is None:
            raise TokenError("invalid_grant", "Token has been expired or revoked.")
        wanted = {spell_out(scope) for scope in values.get("scope", "").split()}
        if wanted - grant.scopes:
            raise TokenError("invalid_scope", "Some requested scopes were invalid.")
        rotated = {}
        if world.settings.rotate_refresh_tokens:
            grant.refresh = rotated["refresh_token"] = opaque("1//0")
        return self._tokens(world, client, grant, "") | rotated

    def _tokens(self, world: World, client: Client, grant: Grant, nonce: str) -> Json:
        access = world.grants.access(grant, world.now())
        answer: Json = {
            "access_token": access,
            "expires_in": ACCESS_LIFE,
            "scope": " ".join(sorted(grant.scopes)),
            "token_type": "Bearer",
        }
        if client.testing and grant.refresh:
            answer["refresh_token_expires_in"] = int(grant.issued + TESTING_LIFE - world.now())
        if "openid" in grant.scopes:
            answer["id_token"] = self.key.sign(_claims(world, client, grant, access, nonce))
        return answer


def revoke(world: World, form: Form) -> Json:
    """End a grant by one of its tokens."""
    if not world.grants.revoke_token(_single(form).get("token", "")):
        raise TokenError("invalid_token", "Token expired or revoked")
    return {}


def userinfo(world: World, authorization: str) -> Json:
    """Tell who it is in the words of OpenID Connect; the OAuth2 API has its own, in ``identity``."""
    access = world.grants.check(authorization.removeprefix("Bearer "), world.now())
    if access is None or "openid" not in access.scopes:
        raise TokenError("invalid_request", "Invalid Credentials", 401)
    account = world.accounts[access.grant.account]
    claims: Json = {"sub": account.sub}
    if spell_out("email") in access.scopes:
        claims |= {"email": account.email, "email_verified": True}
    if spell_out("profile") in access.scopes:
        claims["name"] = account.name
    return claims | ({"hd": account.hd} if account.hd else {})


def discovery(root: str) -> Json:
    """Say where everything is: OpenID Connect's discovery document."""
    return {
        "issuer": ISSUER,
        "authorization_endpoint": f"{root}/o/oauth2/v2/auth",
        "token_endpoint": f"{root}/token",
        "userinfo_endpoint": f"{root}/v1/userinfo",
        "revocation_endpoint": f"{root}/revoke",
        "jwks_uri": f"{root}/oauth2/v3/certs",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "email", "profile"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
    }


def _single(form: Form) -> dict[str, str]:
    if any(len(values) != 1 for values in form.values()):
        raise TokenError("invalid_request", "Parameters can only have a single value.")
    return {name: values[0] for name, values in form.items()}


def _client(world: World, values: dict[str, str], authorization: str) -> Client:
    name, secret = values.get("client_id", ""), values.get("client_secret", "")
    if authorization.startswith("Basic "):
        try:
            name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        except (binascii.Error, ValueError) as error:
            raise TokenError("invalid_client", "Unauthorized", 401) from error
    client = world.grants.clients.get(name)
    if client is None:
        raise TokenError("invalid_client", "The OAuth client was not found.", 401)
    if secret != client.secret:
        raise TokenError("invalid_client", "Unauthorized", 401)
    return client


def _claims(world: World, client: Client, grant: Grant, access: str, nonce: str) -> Json:
    account, now = world.accounts[grant.account], int(world.now())
    claims: Json = {
        "iss": ISSUER,
        "azp": client.id,
        "aud": client.id,
        "sub": account.sub,
        "at_hash": unpadded(hashlib.sha256(access.encode()).digest()[:16]),
        "iat": now,
        "exp": now + ACCESS_LIFE + 1,
    }
    if spell_out("email") in grant.scopes:
        claims |= {"email": account.email, "email_verified": True}
    if account.hd:
        claims["hd"] = account.hd
    return claims | ({"nonce": nonce} if nonce else {})
