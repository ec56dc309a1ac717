"""The provider's port: Google's sign-in, its tokens and its APIs, all below one root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.servers.common.faults import COMMITTED, Fault
from tests.servers.common.ledger import Call
from tests.servers.common.severing import Severed, Truncated
from tests.servers.google import consent, gateway
from tests.servers.google.documents import Json
from tests.servers.google.errors import REALM
from tests.servers.google.invitations import settle
from tests.servers.google.tokens import Form, TokenDesk, TokenError, discovery, revoke, userinfo
from tests.servers.google.world import World

UNHURT = Response()


@dataclass
class Google:
    """The whole double: its world, what its people do when they are asked, and where it is kept."""

    world: World
    state: Path | None = None
    people: Json = field(default_factory=dict)
    desk: TokenDesk = field(default_factory=TokenDesk)

    def settle(self) -> None:
        """Deliver what is due by now, and write all down."""
        settle(self.world)
        self.world.save(self.state)

    def app(self) -> Starlette:
        routes = [
            Route("/o/oauth2/v2/auth", self._ask_person, methods=["GET"]),
            Route("/o/oauth2/v2/auth", self._hear_person, methods=["POST"]),
            Route("/token", self._token, methods=["POST"]),
            Route("/revoke", self._revoke, methods=["POST"]),
            Route("/v1/userinfo", self._userinfo, methods=["GET", "POST"]),
            Route("/oauth2/v3/certs", self._keys),
            Route("/.well-known/openid-configuration", self._discovery),
            Route("/{path:path}", self._api, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        ]
        return Starlette(routes=routes)

    async def _ask_person(self, request: Request) -> Response:
        return self._noted("oauth2.authorize", consent.ask(self.world, self.people, request))

    async def _hear_person(self, request: Request) -> Response:
        return self._noted("oauth2.consent", consent.decide(self.world, request, await _form(request)))

    async def _token(self, request: Request) -> Response:
        form, authorization = await _form(request), request.headers.get("Authorization", "")
        return self._hurt("oauth2.token", form, lambda: self.desk.exchange(self.world, form, authorization))

    async def _revoke(self, request: Request) -> Response:
        form = {**await _form(request), **parse_qs(request.url.query)}
        return self._hurt("oauth2.revoke", form, lambda: revoke(self.world, form))

    async def _userinfo(self, request: Request) -> Response:
        try:
            return JSONResponse(userinfo(self.world, request.headers.get("Authorization", "")))
        except TokenError as error:
            return JSONResponse(error.body(), error.status, {"WWW-Authenticate": f"{REALM}, error=invalid_token"})

    async def _keys(self, _: Request) -> Response:
        return JSONResponse(self.desk.key.jwks())

    async def _discovery(self, request: Request) -> Response:
        return JSONResponse(discovery(str(request.base_url).rstrip("/")))

    async def _api(self, request: Request) -> Response:
        settle(self.world)
        response = await gateway.answer(self.world, request)
        if request.method != "GET":
            self.settle()
        return response

    def _hurt(self, name: str, form: Form, act: Callable[[], Json]) -> Response:
        """Act unless a fault comes first, and answer unless one comes then."""
        sent = [value for field in ("code", "refresh_token", "token") for value in form.get(field, ())]
        who = self.world.grants.whose(*sent)
        fault = self.world.faults.draw(name, who)
        early = self._before(fault, form)
        if early is not UNHURT:
            return self._noted(name, early, who)
        try:
            response = JSONResponse(act(), headers={"Cache-Control": "no-store"})
        except TokenError as error:
            response = JSONResponse(error.body(), error.status)
        if fault in COMMITTED:
            late = {Fault.TRUNCATED: Truncated(response), Fault.AFTER_COMMIT: Severed()}
            return self._noted(name, late.get(fault, JSONResponse({"error": "internal_failure"}, 500)), who)
        return self._noted(name, response, who)

    def _before(self, fault: Fault | None, form: Form) -> Response:
        match fault:
            case Fault.BEFORE_COMMIT:
                return Severed()
            case Fault.THROTTLED:
                wait = {"Retry-After": str(self.world.faults.plan.retry_after)}
                return JSONResponse({"error": "rate_limit_exceeded"}, 429, wait)
            case Fault.UNAVAILABLE:
                return JSONResponse({"error": "temporarily_unavailable"}, 503)
            case Fault.TOKEN_REVOKED:
                for token in [*form.get("refresh_token", ()), *form.get("token", ())]:
                    self.world.grants.revoke_token(token)
        return UNHURT

    def _noted(self, name: str, response: Response, who: str = "") -> Response:
        status = 0 if isinstance(response, Severed) else response.status_code
        self.world.ledger.calls.append(Call(self.world.clock.now().isoformat(), name, who, status))
        self.world.save(self.state)
        return response


async def _form(request: Request) -> Form:
    return parse_qs((await request.body()).decode(), keep_blank_values=True)
