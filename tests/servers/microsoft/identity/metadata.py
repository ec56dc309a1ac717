"""What a client reads before it asks anything: where the endpoints are, and the keys.

Documented under "OpenID Connect on the Microsoft identity platform".
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.servers.microsoft.identity import errors
from tests.servers.microsoft.identity.errors import Refused
from tests.servers.microsoft.world import World

ANY_TENANT = frozenset({"common", "organizations"})


class Metadata:
    """The documents that stand at fixed places."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def configuration(self, request: Request) -> Response:
        """``/{tenant}/v2.0/.well-known/openid-configuration``."""
        name = request.path_params["tenant"]
        tenant = self._world.directory.tenant(name)
        if name not in ANY_TENANT and tenant is None:
            return JSONResponse(Refused(errors.UNKNOWN_TENANT).as_json(self._world.clock.now()), 400)
        base = f"{self._world.base}/{name}"
        return JSONResponse(
            {
                "issuer": self._world.issuer(tenant.id if tenant else "{tenantid}"),
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
                "jwks_uri": f"{base}/discovery/v2.0/keys",
                "response_types_supported": ["code"],
                "response_modes_supported": ["query", "form_post"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
                "claims_supported": ["sub", "iss", "aud", "exp", "iat", "nbf", "nonce", "name", "oid", "tid", "email"],
                "tenant_region_scope": None,
            }
        )

    async def keys(self, request: Request) -> Response:
        """``/{tenant}/discovery/v2.0/keys``."""
        return JSONResponse(self._world.key.jwks())

    async def instance(self, request: Request) -> Response:
        """``/common/discovery/instance``, of use only to clients that were told to ask here whom to trust."""
        host = f"localhost:{self._world.port}"
        return JSONResponse(
            {
                "tenant_discovery_endpoint": f"{self._world.base}/common/v2.0/.well-known/openid-configuration",
                "api-version": "1.1",
                "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
            }
        )
