"""The page where a person agrees: whose account, and what of it. Server-rendered, without JavaScript.

"Using OAuth 2.0 for Web Server Applications" and "How to handle granular permissions" in Google's identity guides:
every scope beyond signing in has its own tick box; what was not ticked is missing from the grant, and nothing else
says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tests.servers.google.documents import IDENTITY, Json, scopes, spell_out
from tests.servers.google.grants import CODE_LIFE, Client, Code
from tests.servers.google.world import World

PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
KNOWN = frozenset({
    "client_id", "redirect_uri", "response_type", "scope", "state", "access_type", "include_granted_scopes", "prompt",
    "login_hint", "code_challenge", "code_challenge_method", "nonce", "hd", "enable_granular_consent",
})  # fmt: skip
PROMPTS = frozenset({"none", "consent", "select_account"})
SIGN_IN = IDENTITY | {spell_out(each) for each in IDENTITY}


class Mistake(Exception):
    """Something that Google says on a page of its own, since it does not trust where it should send it."""

    def __init__(self, error: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.error = error
        self.status = status


@dataclass(frozen=True)
class Wish:
    """What a client asks a person for."""

    client: Client
    query: Json
    scopes: tuple[str, ...]

    @property
    def extra(self) -> tuple[str, ...]:
        """What the person can leave out."""
        return tuple(scope for scope in self.scopes if scope not in SIGN_IN)


def ask(world: World, consent: Json, request: Request) -> Response:
    """Show the page, or do what a test said that the person does."""
    try:
        wish = _wish(world, dict(request.query_params), request.query_params.multi_items())
    except Mistake as mistake:
        return _page("mistake.html.j2", mistake.status, error=mistake.error, message=str(mistake))
    hint = wish.query.get("login_hint", "")
    person = consent.get(hint) or consent.get("*")
    if person is not None:
        email = person.get("account") or hint
        if person.get("deny") or email not in world.accounts:
            return _back(wish, error="access_denied")
        return _agree(world, wish, email, set(wish.extra) - set(person.get("unticked", ())))
    if "none" in wish.query.get("prompt", "").split():
        return _back(wish, error="interaction_required")
    chosen = hint if hint in world.accounts else None
    return _page(
        "consent.html.j2",
        200,
        accounts=list(world.accounts.values()),
        chosen=chosen,
        client=wish.client.id,
        query=request.url.query,
        scopes=[(scope, scopes()[scope]) for scope in wish.extra],
    )


def decide(world: World, request: Request, form: dict[str, list[str]]) -> Response:
    """Take what the person ticked and pressed."""
    try:
        wish = _wish(world, dict(request.query_params), request.query_params.multi_items())
    except Mistake as mistake:
        return _page("mistake.html.j2", mistake.status, error=mistake.error, message=str(mistake))
    if form.get("decision") != ["allow"]:
        return _back(wish, error="access_denied")
    (email,) = form.get("account", [""])
    if email not in world.accounts:
        return _page("mistake.html.j2", 400, error="no_account", message="Choose an account first.")
    return _agree(world, wish, email, set(form.get("scope", ())) & set(wish.extra))


def _agree(world: World, wish: Wish, email: str, ticked: set[str]) -> Response:
    granted = frozenset(spell_out(scope) for scope in wish.scopes if scope in SIGN_IN or scope in ticked)
    before = world.grants.agreed.get((wish.client.id, email), frozenset())
    again = granted <= before and "consent" not in wish.query.get("prompt", "").split()
    if wish.query.get("include_granted_scopes") == "true":
        granted |= before
    code = Code(
        client=wish.client.id,
        account=email,
        scopes=granted,
        redirect_uri=wish.query["redirect_uri"],
        challenge=wish.query.get("code_challenge", ""),
        nonce=wish.query.get("nonce", ""),
        offline=wish.query.get("access_type") == "offline" and not again,
        expires=world.now() + CODE_LIFE,
    )
    return _back(wish, code=world.grants.issue_code(code), scope=" ".join(sorted(granted)))


def _wish(world: World, query: dict[str, str], given: list[tuple[str, str]]) -> Wish:
    """Read what a client asks for, as strictly as it can be read."""
    client = world.grants.clients.get(query.get("client_id", ""))
    if client is None:
        raise Mistake("invalid_client", "The OAuth client was not found.", 401)
    if query.get("redirect_uri") not in client.redirect_uris:
        raise Mistake("redirect_uri_mismatch", f"{query.get('redirect_uri')} is not registered for this client.")
    if unknown := [name for name, _ in given if name not in KNOWN]:
        raise Mistake("invalid_request", f"Unknown parameters: {', '.join(unknown)}")
    if len(given) != len(query):
        raise Mistake("invalid_request", "OAuth 2 parameters can only have a single value.")
    if query.get("response_type") != "code":
        raise Mistake("unsupported_response_type", f"Invalid response_type: {query.get('response_type')}")
    if query.get("access_type", "online") not in {"online", "offline"}:
        raise Mistake("invalid_request", "Invalid access_type.")
    if not set(query.get("prompt", "").split()) <= PROMPTS:
        raise Mistake("invalid_request", f"Invalid prompt: {query['prompt']}")
    _check_proofs(query, strict=world.settings.strict_clients)
    asked = tuple(query.get("scope", "").split())
    if not asked:
        raise Mistake("invalid_request", "Missing required parameter: scope")
    if unknown := [scope for scope in asked if scope not in SIGN_IN and scope not in scopes()]:
        raise Mistake("invalid_scope", f"Some requested scopes were invalid. {unknown}")
    return Wish(client, query, asked)


def _check_proofs(query: dict[str, str], *, strict: bool) -> None:
    challenge = query.get("code_challenge", "")
    if challenge and query.get("code_challenge_method") != "S256":
        raise Mistake("invalid_request", "This double takes code_challenge_method=S256 only.")
    if challenge and len(challenge) != 43:
        raise Mistake("invalid_request", "code_challenge is no SHA-256 in base64url.")
    if strict and not (challenge and query.get("state")):
        raise Mistake("invalid_request", "This double asks every client for code_challenge and state.")


def _back(wish: Wish, **answer: str) -> Response:
    """Send the person back to the client."""
    if "state" in wish.query:
        answer["state"] = wish.query["state"]
    address = urlsplit(wish.query["redirect_uri"])
    query = "&".join(part for part in (address.query, urlencode(answer)) if part)
    return RedirectResponse(urlunsplit(address._replace(query=query)), 303)


def _page(name: str, status: int, **context: object) -> Response:
    return HTMLResponse(PAGES.get_template(name).render(**context), status)
