"""The way of a person through the pages: sign in, consent, and back to the application with a code or an error.

Documented under "Microsoft identity platform and OAuth 2.0 authorization code flow" and "Admin consent on the Microsoft
identity platform". Nobody stays signed in: every request starts with the password.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tests.servers.microsoft.directory import Account
from tests.servers.microsoft.identity import asked, errors, pages
from tests.servers.microsoft.identity.asked import Asked
from tests.servers.microsoft.identity.errors import Kind, Refused
from tests.servers.microsoft.identity.grants import CODE_LIFE, Code, Grant
from tests.servers.microsoft.identity.metadata import ANY_TENANT
from tests.servers.microsoft.world import World


class Authorise:
    """The pages and what their buttons do."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._under_way: dict[str, Asked] = {}

    async def begin(self, request: Request) -> Response:
        """``GET /{tenant}/oauth2/v2.0/authorize``."""
        tenant, query = request.path_params["tenant"], request.query_params
        try:
            asked.application_of(query, self._world.directory)
        except Refused as refused:
            return self._failure(refused)
        try:
            wanted = asked.read(tenant, query, self._world.directory)
        except Refused as refused:
            return self._back(query["redirect_uri"], self._error(refused), query.get("state", ""))
        if wanted.prompt == "none":
            return self._answer(wanted, self._error(Refused(errors.NOT_SIGNED_IN)))
        return self._sign_in(wanted)

    async def begin_admin(self, request: Request) -> Response:
        """``GET /{tenant}/adminconsent`` and ``/{tenant}/v2.0/adminconsent``."""
        with_scopes = "/v2.0/" in request.url.path
        try:
            wanted = asked.read_admin(
                request.path_params["tenant"], request.query_params, self._world.directory, with_scopes=with_scopes
            )
        except Refused as refused:
            return self._failure(refused)
        return self._sign_in(wanted)

    async def sign_in(self, request: Request) -> Response:
        """Take a name and a password."""
        form = dict(parse_qsl((await request.body()).decode()))
        wanted = self._take(form)
        if wanted is None:
            return self._failure(Refused(errors.MALFORMED))
        if form.get("answer") == "cancel":
            return self._decline(wanted)
        account = self._world.directory.account(form.get("login", ""))
        if account is None or account.password != form.get("passwd", ""):
            return self._sign_in(wanted, f"AADSTS{errors.WRONG_PASSWORD.code}: {errors.WRONG_PASSWORD.sentence}")
        if not self._belongs(account, wanted):
            return self._sign_in(wanted, f"AADSTS{errors.OTHER_TENANT.code}: {errors.OTHER_TENANT.sentence}")
        return self._ask_consent(wanted.signed_in(account), account)

    async def consent(self, request: Request) -> Response:
        """Take the answer to the page of permissions."""
        form = dict(parse_qsl((await request.body()).decode()))
        wanted = self._take(form)
        if wanted is None or wanted.account is None:
            return self._failure(Refused(errors.MALFORMED))
        if form.get("answer") != "accept":
            return self._decline(wanted)
        if not self._may_consent(wanted, wanted.account):
            return self._failure(Refused(errors.NOT_AN_ADMIN))
        if wanted.for_everybody:
            return self._consent_for_everybody(wanted, wanted.account)
        self._world.directory.consent(wanted.application, wanted.account, wanted.scopes)
        return self._code(wanted, wanted.account)

    def _ask_consent(self, wanted: Asked, account: Account) -> Response:
        given = self._world.directory.consented(wanted.application, account) | account.withheld
        if not wanted.for_everybody and wanted.prompt != "consent" and wanted.scopes <= given:
            return self._code(wanted, account)
        action, context = f"/{wanted.tenant}/consent", self._keep(wanted)
        name = wanted.application.name
        if self._may_consent(wanted, account):
            return pages.consent(action, context, name, wanted.scopes, for_everybody=wanted.for_everybody)
        return pages.need_admin(action, context, name, Refused(self._forbidden(wanted)).description(self._now()))

    def _may_consent(self, wanted: Asked, account: Account) -> bool:
        if account.admin or wanted.for_everybody:
            return account.admin
        return self._world.directory.tenants[account.tenant].user_may_consent(wanted.scopes)

    @staticmethod
    def _forbidden(wanted: Asked) -> Kind:
        return errors.NOT_AN_ADMIN if wanted.for_everybody else errors.ADMIN_NEEDED

    def _decline(self, wanted: Asked) -> Response:
        if wanted.for_everybody:
            fields = self._error(Refused(errors.ADMIN_DECLINED)) | {"admin_consent": "True"}
            return self._answer(wanted, fields)
        forbidden = wanted.account is not None and not self._may_consent(wanted, wanted.account)
        refused = Refused(errors.ADMIN_NEEDED if forbidden else errors.DECLINED)
        return self._answer(wanted, self._error(refused) | {"error_subcode": "cancel"})

    def _consent_for_everybody(self, wanted: Asked, account: Account) -> Response:
        self._world.directory.consent_for_everybody(wanted.application, account.tenant, wanted.scopes)
        fields = {"admin_consent": "True", "tenant": account.tenant}
        return self._answer(wanted, fields | ({"scope": " ".join(sorted(wanted.scopes))} if wanted.says_scopes else {}))

    def _code(self, wanted: Asked, account: Account) -> Response:
        given = wanted.scopes & self._world.directory.consented(wanted.application, account)
        grant = Grant(wanted.application.client_id, account.id, given)
        expires = self._now() + CODE_LIFE
        code = Code(grant, wanted.redirect_uri, wanted.challenge, wanted.nonce, expires, wanted.client_info)
        self._world.keep("authorise", account.address, 302)
        return self._answer(wanted, {"code": self._world.grants.new_code(code), "session_state": secrets.token_hex(16)})

    def _belongs(self, account: Account, wanted: Asked) -> bool:
        if wanted.application.home not in {None, account.tenant}:
            return False
        tenant = self._world.directory.tenant(wanted.tenant)
        return wanted.tenant in ANY_TENANT or (tenant is not None and tenant.id == account.tenant)

    def _sign_in(self, wanted: Asked, problem: str = "") -> Response:
        return pages.sign_in(f"/{wanted.tenant}/login", self._keep(wanted), wanted.hint, problem)

    def _keep(self, wanted: Asked) -> str:
        context = secrets.token_urlsafe(24)
        self._under_way[context] = wanted
        return context

    def _take(self, form: dict[str, str]) -> Asked | None:
        return self._under_way.pop(form.get("ctx", ""), None)

    def _answer(self, wanted: Asked, fields: dict[str, str]) -> Response:
        if wanted.form_post:
            return pages.posting(wanted.redirect_uri, fields | {"state": wanted.state})
        return self._back(wanted.redirect_uri, fields, wanted.state)

    @staticmethod
    def _back(redirect_uri: str, fields: dict[str, str], state: str) -> Response:
        joint = "&" if "?" in redirect_uri else "?"
        said = fields | ({"state": state} if state else {})
        return RedirectResponse(f"{redirect_uri}{joint}{urlencode(said)}", 302, headers={"Cache-Control": "no-store"})

    def _error(self, refused: Refused) -> dict[str, str]:
        return {"error": refused.kind.error, "error_description": refused.description(self._now())}

    def _failure(self, refused: Refused) -> Response:
        return pages.failure(refused, refused.description(self._now()))

    def _now(self) -> datetime:
        return self._world.clock.now()
