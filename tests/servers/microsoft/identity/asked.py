"""What an application asks for when it sends a person here, checked before anybody is asked to sign in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.datastructures import QueryParams

from tests.servers.microsoft.directory import OIDC, Account, Application, Directory
from tests.servers.microsoft.graph.scopes import KNOWN
from tests.servers.microsoft.identity import errors
from tests.servers.microsoft.identity.errors import Refused
from tests.servers.microsoft.identity.metadata import ANY_TENANT

GRAPH = "https://graph.microsoft.com/"
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
PARAMETERS = frozenset(
    {
        "client_id",
        "response_type",
        "redirect_uri",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "prompt",
        "login_hint",
        "domain_hint",
        "code_challenge",
        "code_challenge_method",
        "client_info",
        "claims",
        "max_age",
        "haschrome",
        "client-request-id",
        "x-client-SKU",
        "x-client-Ver",
        "X-AnchorMailbox",
    }
)


@dataclass(frozen=True)
class Asked:
    """One request, on its way through the pages. ``tenant`` is as it was written in the address."""

    tenant: str
    application: Application
    redirect_uri: str
    state: str
    scopes: frozenset[str]
    challenge: str = ""
    nonce: str = ""
    client_info: bool = False
    form_post: bool = False
    prompt: str = ""
    hint: str = ""
    for_everybody: bool = False
    says_scopes: bool = False
    account: Account | None = None

    def signed_in(self, account: Account) -> Asked:
        """Go on as an account."""
        return replace(self, account=account)


def application_of(query: Mapping[str, str], directory: Directory) -> tuple[Application, str]:
    """Find the application and check where it wants the answer: errors here are never sent to that address."""
    client_id = _needed(query, "client_id")
    application = directory.applications.get(client_id)
    if application is None:
        raise Refused(errors.UNKNOWN_APPLICATION)
    redirect_uri = _needed(query, "redirect_uri")
    if redirect_uri not in application.redirect_uris:
        raise Refused(errors.REDIRECT)
    return application, redirect_uri


def read(tenant: str, query: QueryParams, directory: Directory) -> Asked:
    """Read a request to authorise; the application and its address are known to be right."""
    application, redirect_uri = application_of(query, directory)
    _once(query)
    check_tenant(tenant, application, directory)
    if _needed(query, "response_type") != "code":
        raise Refused(errors.RESPONSE_TYPE)
    mode = query.get("response_mode", "query")
    if mode not in {"query", "form_post"}:
        raise Refused(errors.MALFORMED, f" The response_mode '{mode}' is not supported here.")
    challenge = _needed(query, "code_challenge")
    if query.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(challenge):
        raise Refused(errors.CHALLENGE)
    return Asked(
        tenant,
        application,
        redirect_uri,
        query.get("state", ""),
        scopes_of(_needed(query, "scope"), application),
        challenge,
        query.get("nonce", ""),
        client_info=query.get("client_info") == "1",
        form_post=mode == "form_post",
        prompt=query.get("prompt", ""),
        hint=query.get("login_hint", ""),
    )


def read_admin(tenant: str, query: QueryParams, directory: Directory, *, with_scopes: bool) -> Asked:
    """Read a request for an administrator's consent; the older form means all that is registered."""
    application, redirect_uri = application_of(query, directory)
    check_tenant(tenant, application, directory)
    scopes = scopes_of(_needed(query, "scope"), application) if with_scopes else application.permissions
    return Asked(
        tenant,
        application,
        redirect_uri,
        query.get("state", ""),
        scopes | OIDC,
        for_everybody=True,
        says_scopes=with_scopes,
    )


def scopes_of(text: str, application: Application) -> frozenset[str]:
    """Read a list of scopes: short names or Graph's full ones; ``.default`` means what is registered."""
    names = {name.removeprefix(GRAPH) for name in text.split()}
    if ".default" in names:
        if names - OIDC != {".default"}:
            raise Refused(errors.SCOPE, text)
        names = (names - {".default"}) | application.permissions
    if unknown := names - KNOWN:
        raise Refused(errors.SCOPE_UNREGISTERED, ", ".join(sorted(unknown)))
    return frozenset(names)


def check_tenant(name: str, application: Application, directory: Directory) -> None:
    """Refuse a tenant that does not exist, or may not use the application."""
    if name in ANY_TENANT:
        if application.home:
            raise Refused(errors.NOT_MULTI_TENANT)
        return
    tenant = directory.tenant(name)
    if tenant is None:
        raise Refused(errors.UNKNOWN_TENANT)
    if application.home not in {None, tenant.id}:
        raise Refused(errors.UNKNOWN_APPLICATION)


def _once(query: QueryParams) -> None:
    names = [name for name, _ in query.multi_items()]
    if twice := {name for name in names if names.count(name) > 1}:
        raise Refused(errors.DUPLICATED, ", ".join(sorted(twice)))
    if unknown := set(names) - PARAMETERS:
        raise Refused(errors.MALFORMED, f" Unknown: {', '.join(sorted(unknown))}.")


def _needed(query: Mapping[str, str], name: str) -> str:
    if not query.get(name):
        raise Refused(errors.MISSING, f"'{name}'.")
    return query[name]
