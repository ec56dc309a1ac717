"""Connections that break: uvicorn's own protocol, which lets an answer hang up, and the two answers that do."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

CONNECTION = "connection"


class SeveringProtocol(H11Protocol):
    """Puts the connection beside each request, under ``scope["connection"]``."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        app: Any = self.app

        async def within(scope: Any, receive: Any, send: Any) -> None:
            scope[CONNECTION] = transport
            await app(scope, receive, send)

        self.app = within


class Severed(Response):
    """No answer at all."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[CONNECTION].abort()
        await asyncio.sleep(0.01)


class Truncated(Response):
    """Another answer's head, which promises its whole body, and half of that."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code)
        self.raw_headers = whole.raw_headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytes(self.body)
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        scope[CONNECTION].close()
        await asyncio.sleep(0.01)
