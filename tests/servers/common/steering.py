"""The part of a control API that every double has: its clock, its faults and its ledger."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.servers.common.clock import SetClock
from tests.servers.common.faults import Fault, Faults, Plan
from tests.servers.common.ledger import Ledger

Answering = Callable[[dict[str, Any]], Any]


class Steered(Protocol):
    """What can be steered."""

    clock: SetClock
    faults: Faults
    ledger: Ledger


def route(path: str, method: str, answer: Answering) -> Route:
    """Answer with what a function makes of the path's parts and the JSON body; a bad value is a 400 with its words."""

    async def endpoint(request: Request) -> Response:
        body = await request.json() if await request.body() else {}
        try:
            return JSONResponse(answer({**request.path_params, **dict(request.query_params), **(body or {})}))
        except (ValueError, KeyError, TypeError, LookupError) as error:
            return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)

    handler: Callable[[Request], Awaitable[Response]] = endpoint
    return Route(path, handler, methods=[method])


def steering(steered: Callable[[], Steered], moved: Callable[[], None]) -> Sequence[Route]:
    """Give the routes; ``steered`` says whom they steer now, ``moved`` is called after time was set."""

    def set_clock(data: dict[str, Any]) -> dict[str, Any]:
        steered().clock.set(datetime.fromisoformat(data["now"]) if data["now"] else None)
        return tell_clock(data)

    def advance(data: dict[str, Any]) -> dict[str, Any]:
        steered().clock.advance(timedelta(seconds=data["seconds"]))
        return tell_clock(data)

    def tell_clock(_: dict[str, Any]) -> dict[str, Any]:
        moved()
        return {"now": steered().clock.now().isoformat()}

    def plan(data: dict[str, Any]) -> dict[str, Any]:
        steered().faults.plan = Plan.read(data)
        return {}

    def queue(data: dict[str, Any]) -> dict[str, Any]:
        steered().faults.queued.append((data["method"], Fault(data["fault"])))
        return {}

    return (
        route("/clock", "GET", tell_clock),
        route("/clock", "PUT", set_clock),
        route("/clock/advance", "POST", advance),
        route("/faults", "GET", lambda _: {"hit": steered().faults.hit, "writes": steered().faults.writes}),
        route("/faults", "PUT", plan),
        route("/faults/next", "POST", queue),
        route("/calls", "GET", lambda _: steered().ledger.summary()),
    )
