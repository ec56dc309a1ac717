"""OAuth2 API v2: ``userinfo`` and ``tokeninfo``."""

from __future__ import annotations

from tests.servers.google.asking import Ask, handles
from tests.servers.google.documents import SPELT_OUT, Json
from tests.servers.google.errors import invalid


@handles("oauth2.userinfo.get")
@handles("oauth2.userinfo.v2.me.get")
def userinfo(ask: Ask) -> Json:
    """Tell who it is, as far as the scopes go."""
    account = ask.account
    found: Json = {"id": account.sub}
    if SPELT_OUT["email"] in ask.scopes:
        found |= {"email": account.email, "verified_email": True} | ({"hd": account.hd} if account.hd else {})
    if SPELT_OUT["profile"] in ask.scopes:
        found["name"] = account.name
    return found


@handles("oauth2.tokeninfo")
def tokeninfo(ask: Ask) -> Json:
    """Tell what an access token is for."""
    access = ask.world.grants.check(ask.get("access_token", ""), ask.world.now())
    if access is None:
        raise invalid("Invalid Value", "access_token", "invalid_token")
    return {
        "issued_to": access.grant.client,
        "audience": access.grant.client,
        "scope": " ".join(sorted(access.scopes)),
        "expires_in": int(access.expires - ask.world.now()),
        "user_id": ask.world.accounts[access.grant.account].sub,
    }
