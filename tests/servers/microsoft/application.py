"""The identity platform and Graph as one application, which can be made anew."""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.servers.common.oauth import SigningKey
from tests.servers.microsoft.graph.gate import Graph
from tests.servers.microsoft.graph.schema import Schema
from tests.servers.microsoft.identity.authorise import Authorise
from tests.servers.microsoft.identity.metadata import Metadata
from tests.servers.microsoft.identity.tokens import Tokens
from tests.servers.microsoft.world import World

TICK = 0.05
"""Seconds between looks for what is due without a request."""


class Microsoft:
    """The provider's side. ``reset`` forgets everything but the port, the key and whom to trust."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._schema = Schema.load()
        self._key = SigningKey()
        self.authority: str | None = None
        self.reset()

    def reset(self) -> None:
        """Start again with nobody in it."""
        self.world = World(self._port, self._schema, key=self._key)
        if self.authority:
            self.world.notifier.trust(self.authority)
        self.graph = Graph(self.world)
        self._application = _routes(self.world, self.graph)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._application(scope, receive, send)

    async def beside(self) -> None:
        """Let time do its work while nobody asks for anything."""
        while True:
            await asyncio.sleep(TICK)
            self.world.settle()


def _routes(world: World, graph: Graph) -> ASGIApp:
    authorise, metadata, tokens = Authorise(world), Metadata(world), Tokens(world)
    return Starlette(
        routes=[
            Mount("/v1.0", routes=[Route("/{rest:path}", graph)]),
            Route("/common/discovery/instance", metadata.instance),
            Route("/{tenant}/v2.0/.well-known/openid-configuration", metadata.configuration),
            Route("/{tenant}/discovery/v2.0/keys", metadata.keys),
            Route("/{tenant}/oauth2/v2.0/authorize", authorise.begin),
            Route("/{tenant}/oauth2/v2.0/token", tokens.__call__, methods=["POST"]),
            Route("/{tenant}/adminconsent", authorise.begin_admin),
            Route("/{tenant}/v2.0/adminconsent", authorise.begin_admin),
            Route("/{tenant}/login", authorise.sign_in, methods=["POST"]),
            Route("/{tenant}/consent", authorise.consent, methods=["POST"]),
        ]
    )
