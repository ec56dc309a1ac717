"""A provider and its control API as one process with two ports."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from tests.servers.common.severing import SeveringProtocol


@dataclass(frozen=True)
class Options:
    """Where to listen; ``certificate`` and ``key`` for TLS on the provider's port; ``state`` outlives the process."""

    port: int
    control_port: int
    state: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    @classmethod
    def parse(cls, description: str) -> Options:
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("--port", type=int, required=True)
        parser.add_argument("--control-port", type=int, required=True)
        for name in ("--state", "--certificate", "--key"):
            parser.add_argument(name, type=Path)
        return cls(**vars(parser.parse_args()))


class _Server(uvicorn.Server):
    """Leaves signals to the process, which has two of these."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]  # a generator there
        return nullcontext()


def serve(options: Options, provider: ASGIApp, control: ASGIApp, beside: Callable[[], Awaitable[None]]) -> None:
    """Serve both until the process is asked to end; ``beside`` runs along and is cancelled then."""
    asyncio.run(_serve(options, provider, control, beside))


async def _serve(options: Options, provider: ASGIApp, control: ASGIApp, beside: Callable[[], Awaitable[None]]) -> None:
    servers = [
        _server(provider, options.port, options.certificate, options.key),
        _server(control, options.control_port, None, None),
    ]

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    companion = asyncio.ensure_future(beside())
    await asyncio.gather(*(server.serve() for server in servers))
    companion.cancel()


def _server(app: ASGIApp, port: int, certificate: Path | None, key: Path | None) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            host="127.0.0.1",
            port=port,
            http=SeveringProtocol,
            lifespan="off",
            log_level="warning",
            ssl_certfile=certificate,
            ssl_keyfile=key,
            timeout_graceful_shutdown=1,
        )
    )
