"""The way of a request: known, allowed, well formed, within limits, perhaps hit by a fault, done, checked, cut."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.servers.common.faults import COMMITTED, Fault
from tests.servers.common.ledger import Call
from tests.servers.common.severing import Severed, Truncated
from tests.servers.google import calendars, events, freebusy, gmail, identity, listing, watching
from tests.servers.google.asking import HANDLERS, Ask
from tests.servers.google.documents import Json, Method, find
from tests.servers.google.errors import (
    Refusal,
    insufficient,
    login_required,
    not_found,
    not_made,
    over_limit,
    unauthenticated,
    unavailable,
)
from tests.servers.google.grants import Grant
from tests.servers.google.reading import read_body, read_fields, read_parameters
from tests.servers.google.schema import Reading, problems
from tests.servers.google.selector import cut
from tests.servers.google.world import World

HANDLED_BY = (calendars, events, freebusy, gmail, identity, listing, watching)
"""Imported for what they put into HANDLERS."""


@dataclass(frozen=True)
class Caller:
    """Whose token it is."""

    grant: Grant
    scopes: frozenset[str]


async def answer(world: World, request: Request) -> Response:
    """Answer one request to an API, and write down what became of it."""
    raw = await request.body()
    found = find(request.method, request.scope["raw_path"].decode("ascii"))
    if found is None:
        return _refused(not_found())
    method, path = found
    caller = None
    try:
        caller = _caller(world, method, request)
        ask, fields = _read(world, method, path, request, raw, caller)
        response = _carry_out(world, ask, fields, caller)
    except Refusal as refusal:
        response = _refused(refusal)
        _note(world, method, caller, refusal.status, refusal.reason)
    else:
        _note(world, method, caller, 0 if isinstance(response, Severed) else response.status_code)
    return response


def _caller(world: World, method: Method, request: Request) -> Caller:
    """Say whose token it is, and refuse one without a scope of this method."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        raise login_required()
    access = world.grants.check(token.strip(), world.now())
    if access is None:
        raise unauthenticated()
    if method.scopes and not access.scopes & method.scopes:
        raise insufficient(method.id, method.scopes)
    return Caller(access.grant, access.scopes)


def _read(
    world: World, method: Method, path: dict[str, str], request: Request, raw: bytes, caller: Caller
) -> tuple[Ask, Json]:
    _count(world, caller.grant.account)
    parameters = read_parameters(method, path, request.query_params.multi_items())
    body, read_only = read_body(method, request.headers.get("Content-Type", ""), raw)
    fields = read_fields(method, parameters.pop("fields", None))
    ask = Ask(
        world=world,
        method=method,
        account=world.accounts[caller.grant.account],
        client=caller.grant.client,
        scopes=caller.scopes & method.scopes,
        parameters=parameters,
        body=body,
        read_only=read_only,
        if_match=request.headers.get("If-Match"),
        if_none_match=request.headers.get("If-None-Match"),
    )
    return ask, fields


def _count(world: World, account: str) -> None:
    """Refuse an account's request beyond what it may send in a minute."""
    if not (most := world.settings.requests_per_minute):
        return
    recent = [at for at in world.recent.get(account, ()) if at > world.now() - 60]
    world.recent[account] = recent
    if len(recent) >= most:
        raise over_limit(world.settings.over_limit, world.settings.retry_after)
    recent.append(world.now())


def _carry_out(world: World, ask: Ask, fields: Json, caller: Caller) -> Response:
    fault = world.faults.draw(ask.method.id, ask.account.email) if ask.method.writes else None
    if fault is Fault.BEFORE_COMMIT:
        return Severed()
    _fail_before(world, ask, caller, fault)
    response = _response(world, perform(ask), fields, ask)
    if fault not in COMMITTED:
        return response
    if fault is Fault.FAILED_AFTER_COMMIT:
        raise unavailable(500)
    return Truncated(response) if fault is Fault.TRUNCATED and response.body else Severed()


def _fail_before(world: World, ask: Ask, caller: Caller, fault: Fault | None) -> None:
    """Refuse where a fault says so; a grant that is hit stays so, until the person agrees again."""
    match fault:
        case Fault.UNAVAILABLE:
            raise unavailable()
        case Fault.THROTTLED:
            raise over_limit("tooManyRequests", world.faults.plan.retry_after)
        case Fault.TOKEN_REVOKED:
            world.grants.revoke(caller.grant.account, caller.grant.client)
            raise unauthenticated()
        case Fault.SCOPE_MISSING:
            caller.grant.scopes -= ask.method.scopes
            raise insufficient(ask.method.id, ask.method.scopes)


def perform(ask: Ask) -> Json | None:
    """Carry a request out, and hold the answer against Google's description of it."""
    handler = HANDLERS.get(ask.method.id)
    if handler is None:
        raise not_made(ask.method.id)
    try:
        made = handler(ask)
    except Refusal:
        raise
    except Exception as error:
        ask.world.ledger.broken.append(traceback.format_exc())
        raise Refusal(500, "theDoubleIsBroken", f"{type(error).__name__}: {error}") from error
    _check_answer(ask, made)
    return made


def _check_answer(ask: Ask, made: Json | None) -> None:
    if ask.method.gives is None:
        found = [] if made is None else ["an answer where none is due"]
    else:
        found = [str(each) for each in problems(made, ask.method.gives, Reading(ask.method.document))]
    if found:
        ask.world.ledger.broken.append(f"{ask.method.id} answered wrongly: {'; '.join(found)}")
        raise Refusal(500, "theDoubleIsBroken", f"The answer does not match: {'; '.join(found)}")


def _response(world: World, made: Json | None, fields: Json, ask: Ask) -> Response:
    if made is None:
        return Response(status_code=204)
    headers = {"ETag": made["etag"]} if "etag" in made else {}
    return JSONResponse(cut(made, fields), headers=headers)


def _refused(refusal: Refusal) -> Response:
    if refusal.status == 304:
        return Response(status_code=304, headers=dict(refusal.headers))
    return JSONResponse(refusal.body(), refusal.status, dict(refusal.headers))


def _note(world: World, method: Method, caller: Caller | None, status: int, reason: str = "") -> None:
    account = caller.grant.account if caller else ""
    world.ledger.calls.append(Call(world.clock.now().isoformat(), method.id, account, status, reason))
