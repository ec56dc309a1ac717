"""A small HTTP server beside the loop: ``/metrics`` for Prometheus, ``/healthz`` and ``/readyz`` for who restarts it.

It shows counts, never anybody's name, and has no password: let it listen where only the machine itself can ask.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

from agent import log, metrics
from agent.clock import Clock
from agent.daemon.pulse import Pulse
from agent.daemon.writable import Writable
from agent.metrics import Gauge
from agent.settings.addresses import Endpoint
from agent.store import gauges, policies
from agent.store.engine import Store
from agent.store.errors import StoreError

AT_ONCE = 8
"""Requests answered side by side; whoever comes beyond them is hung up on."""

PATIENCE = 5.0
"""Seconds to wait for the next bytes of a request."""

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"


class CannotListen(Exception):
    """Nobody can be heard at the address that the settings name."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body of plain text."""

    status: HTTPStatus
    body: bytes
    kind: str = PLAIN


@dataclass(frozen=True)
class Health:
    """What is said of the daemon to whoever asks."""

    pulse: Pulse
    store: Store
    clock: Clock
    writable: Writable

    def answer(self, path: str) -> Answer:
        """Answer for one of the three paths; 404 for any other."""
        if path == "/metrics":
            return Answer(HTTPStatus.OK, metrics.exposition(self._gauges()), EXPOSITION)
        if path == "/healthz":
            return _verdict(None if self.pulse.alive else "no sweep for three times its interval")
        if path == "/readyz":
            return self._readiness()
        return Answer(HTTPStatus.NOT_FOUND, b"there are /metrics, /healthz and /readyz\n")

    def _readiness(self) -> Answer:
        if not self.pulse.swept:
            return _verdict("the first sweep is not done")
        try:
            with self.store.look() as tx:
                refusal = policies.refusal(tx)
        except StoreError:
            return _verdict("the store does not answer")
        if not self.writable:
            return _verdict("the store takes no writes")
        return _verdict(None, "the changed policy is refused, and the one before in force\n" if refusal else "")

    def _gauges(self) -> list[Gauge]:
        """Read them from rows; without a store, say only that there is none."""
        try:
            with self.store.look() as tx:
                found = gauges.read(tx, self.clock.now())
        except StoreError:
            found = []
        return [*found, Gauge.single("attune_store_answers", "Whether the store could be read.", bool(found))]


def _verdict(trouble: str | None, remark: str = "") -> Answer:
    if trouble is None:
        return Answer(HTTPStatus.OK, f"ok\n{remark}".encode())
    return Answer(HTTPStatus.SERVICE_UNAVAILABLE, f"{trouble}\n".encode())


@contextmanager
def serving(endpoint: Endpoint | None, pulse: Pulse, store: Store, clock: Clock) -> Iterator[None]:
    """Count, and answer whoever asks, within it; without an address do neither. Raises ``CannotListen``."""
    if endpoint is None:
        yield
        return
    with metrics.kept(), _listening(endpoint, Health(pulse, store, clock, Writable(store))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="health", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def _listening(endpoint: Endpoint, health: Health) -> _Server:
    try:
        return _Server(endpoint, health)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise CannotListen(f"cannot listen on {endpoint} ({why}); look at “health” in attune.yaml") from error


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_port = False

    def __init__(self, endpoint: Endpoint, health: Health) -> None:
        self.health = health
        self.address_family = socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
        self._free = threading.BoundedSemaphore(AT_ONCE)
        super().__init__((endpoint.host, endpoint.port), _Handler)

    def server_bind(self) -> None:
        """Bind as any server does: HTTP's own asks the name service who we are, which may take a minute."""
        TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Log that an answer failed, without who had asked."""
        log.logger().warning("health not answered", exc_info=log.traceback_wanted())


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = PATIENCE

    def do_GET(self) -> None:
        self._say(self.server.health.answer(self.path.partition("?")[0]))

    do_HEAD = do_GET  # noqa: N815

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Refuse what is no request of ours, in plain text and without repeating it."""
        status = HTTPStatus(code)
        if status is HTTPStatus.NOT_IMPLEMENTED:
            status = HTTPStatus.METHOD_NOT_ALLOWED
        self._say(Answer(status, f"{status.phrase}\n".encode()))

    def _say(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def version_string(self) -> str:
        """Say what we are, not which Python runs us."""
        return "attune"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name for it
        """Keep no list of who asked."""
