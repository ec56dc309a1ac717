"""The way of every request to Graph: who asks, what for, may they, is it as described; and back the same way.

The service's own answers are held against the schema as well. One that does not fit is a 500 and stays in the ledger's
``broken``, so that no test can pass over it.
"""

from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tests.servers.common.faults import Fault
from tests.servers.common.severing import Severed, Truncated
from tests.servers.microsoft.graph import batch, errors, routes
from tests.servers.microsoft.graph.call import Answer, Call
from tests.servers.microsoft.graph.errors import GraphError
from tests.servers.microsoft.graph.mailboxes import Mailbox
from tests.servers.microsoft.graph.routes import Operation
from tests.servers.microsoft.graph.scopes import ALLOWED, allows
from tests.servers.microsoft.graph.zones import zone
from tests.servers.microsoft.identity.grants import Access
from tests.servers.microsoft.world import World

AT_ONCE = 4
OVER_LIMIT = "Application is over its request limit."
WRAPPING = frozenset({"@odata.context", "@odata.nextLink", "@odata.deltaLink", "@odata.count", "value"})


class Breaks(Exception):
    """The connection is to break; ``after`` is the answer that was on its way, if there was one."""

    def __init__(self, after: Answer | None, *, half: bool) -> None:
        super().__init__("a broken connection")
        self.after = after
        self.half = half


class Graph:
    """Graph v1.0 as an application."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._world.settle()
        response = await self._respond(Request(scope, receive))
        self._world.settle()
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        if "prefer" in headers:
            headers["prefer"] = ", ".join(request.headers.getlist("prefer"))
        query = tuple(request.query_params.multi_items())
        raw = await request.body()
        try:
            if request.url.path.rstrip("/").lower() == "/v1.0/$batch":
                answer = await self._batch(request.method, query, headers, raw)
            else:
                answer = await self.ask(request.method, request.url.path, query, headers, raw)
        except Breaks as broken:
            whole = _response(broken.after) if broken.after else Response()
            return Truncated(whole) if broken.half else Severed()
        return _response(answer)

    async def ask(
        self, method: str, path: str, query: tuple[tuple[str, str], ...], headers: Mapping[str, str], raw: bytes
    ) -> Answer:
        """Answer one request, and write down how."""
        operation, who, reason = f"{method} {path}", "", ""
        try:
            access, mailbox = self._who(headers)
            who = mailbox.account.address
            own_names = frozenset({mailbox.account.id, who})
            found, names = routes.find(method, path, own_names)
            operation = found.name
            call = Call(method, path, query, headers, raw, access, mailbox.account, mailbox, names)
            answer = await self._handle(found, call)
        except GraphError as refused:
            answer, reason = self._refusal(refused), refused.code
        except Breaks as broken:
            self._world.keep(operation, who, broken.after.status if broken.half and broken.after else 0, "broken")
            raise
        self._world.keep(operation, who, answer.status, reason)
        return answer

    async def _handle(self, operation: Operation, call: Call) -> Answer:
        if not allows(operation.name, call.access.scopes):
            raise errors.denied()
        with self._place(call.mailbox):
            await asyncio.sleep(self._world.latency)
            call.check_parameters(operation.query)
            call = self._spelled(operation, call)
            zone(call.zone_name)
            fault = self._world.faults.draw(operation.name, call.account.address) if operation.writes else None
            self._before(fault, operation, call)
            answer = self._checked(await self._done(operation, call))
            return self._after(fault, answer)

    async def _done(self, operation: Operation, call: Call) -> Answer:
        """Do what is asked; a mistake of this server's own must not look like one of the service's bad days."""
        try:
            return await operation.handler(self._world, call)
        except GraphError:
            raise
        except Exception:
            self._world.ledger.broken.append(traceback.format_exc())
            raise

    def _refusal(self, refused: GraphError) -> Answer:
        body = refused.as_json(self._world.clock.now(), errors.new_request_id())
        return Answer(refused.status, body, "", refused.headers)

    async def _batch(
        self, method: str, query: tuple[tuple[str, str], ...], headers: Mapping[str, str], raw: bytes
    ) -> Answer:
        try:
            if method != "POST" or query:
                raise errors.bad_request("A batch is posted, without parameters.")
            access, mailbox = self._who(headers)
            call = Call(method, "/v1.0/$batch", query, headers, raw, access, mailbox.account, mailbox)
            answer = Answer(200, await batch.answer(call.body(), headers, self.ask))
        except GraphError as refused:
            answer = self._refusal(refused)
        self._world.keep("batch", "", answer.status)
        return answer

    def _who(self, headers: Mapping[str, str]) -> tuple[Access, Mailbox]:
        kind, _, word = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not word:
            raise errors.unauthenticated("Access token is empty.", self._world.base)
        access = self._world.grants.accesses.get(word)
        if access is None or access.grant.revoked:
            raise errors.unauthenticated("Access token validation failure.", self._world.base)
        if self._world.clock.now() >= access.expires:
            raise errors.unauthenticated("Lifetime validation failed, the token is expired.", self._world.base)
        account = self._world.directory.accounts[access.grant.account]
        return access, self._world.mailbox(account)

    @contextmanager
    def _place(self, mailbox: Mailbox) -> Iterator[None]:
        """Take one of the few places that a mailbox has for requests at the same time."""
        if mailbox.down:
            raise errors.unavailable(mailbox.down, self._world.faults.plan.retry_after)
        wait = (mailbox.throttled_until - self._world.clock.now()).total_seconds()
        if wait > 0:
            raise errors.throttled(int(wait) + 1, OVER_LIMIT)
        if mailbox.in_flight >= AT_ONCE:
            raise errors.throttled(1)
        mailbox.in_flight += 1
        try:
            yield
        finally:
            mailbox.in_flight -= 1

    def _spelled(self, operation: Operation, call: Call) -> Call:
        """Hold the body against the schema."""
        if not operation.takes:
            return call
        if operation.name == "user.sendMail" and not call.headers.get("content-type", "").startswith(
            "application/json"
        ):
            return call
        body = call.body()
        if "." in operation.takes:
            body = self._world.schema.parameters(operation.takes, body)
        if problem := self._world.schema.problem(operation.takes, body):
            raise errors.unread_body(problem)
        return replace(call, raw=json.dumps(body).encode())

    def _before(self, fault: Fault | None, operation: Operation, call: Call) -> None:
        if fault is Fault.BEFORE_COMMIT:
            raise Breaks(None, half=False)
        if fault is Fault.TOKEN_REVOKED:
            call.access.grant.revoked = True
            raise errors.unauthenticated("Access token validation failure.", self._world.base)
        if fault is Fault.SCOPE_MISSING:
            lost = frozenset(ALLOWED[operation.name])
            self._world.directory.take_back(call.access.grant.client_id, call.account, lost)
            self._world.grants.take_back(call.access.grant, lost)
            raise errors.denied()
        if fault is Fault.THROTTLED:
            raise errors.throttled(self._world.faults.plan.retry_after, OVER_LIMIT)
        if fault is Fault.UNAVAILABLE:
            raise errors.unavailable(503, self._world.faults.plan.retry_after)

    @staticmethod
    def _after(fault: Fault | None, answer: Answer) -> Answer:
        if fault is Fault.AFTER_COMMIT or (fault is Fault.TRUNCATED and answer.body is None):
            raise Breaks(None, half=False)
        if fault is Fault.TRUNCATED:
            raise Breaks(answer, half=True)
        if fault is Fault.FAILED_AFTER_COMMIT:
            raise errors.unavailable(504, 0)
        return answer

    def _checked(self, answer: Answer) -> Answer:
        """Hold our own answer against the schema."""
        if answer.body is None:
            return answer
        problem = self._problem(answer.kind, answer.body)
        if problem is None:
            return answer
        self._world.ledger.broken.append(problem)
        raise GraphError(500, "InternalServerError", f"This double answered wrongly: {problem}")

    def _problem(self, kind: str, body: Mapping[str, Any]) -> str | None:
        if "value" not in body:
            return self._world.schema.problem(kind, body)
        if unknown := set(body) - WRAPPING:
            return f"unknown in a collection: {unknown}"
        kept = (it for it in body["value"] if set(it) != {"id", "@removed"})
        return next((found for it in kept if (found := self._world.schema.problem(kind, it))), None)


def _response(answer: Answer) -> Response:
    headers = {"request-id": errors.new_request_id(), **answer.headers}
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    return JSONResponse(answer.body, answer.status, headers=headers)
