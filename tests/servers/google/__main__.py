"""``python -m tests.servers.google --port … --control-port …``: the double as a process."""

from __future__ import annotations

import asyncio

from tests.servers.common.serving import Options, serve
from tests.servers.google.app import Google
from tests.servers.google.control import control
from tests.servers.google.invitations import settle
from tests.servers.google.watching import deliver
from tests.servers.google.world import World

REST = 0.05
"""Seconds between looks for something to deliver."""


def main() -> None:
    options = Options.parse("A Google of one's own, for tests.")
    google = Google(World.load(options.state), options.state)

    async def messenger() -> None:
        """Deliver invitations and messages to channels as they come due."""
        while True:
            settle(google.world)
            await deliver(google.world)
            await asyncio.sleep(REST)

    serve(options, google.app(), control(google), messenger)


main()
