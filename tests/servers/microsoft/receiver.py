"""A subscriber for tests: an HTTPS server that echoes what it is asked to, and keeps what it is told."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.servers.microsoft.running import MicrosoftServer


class Receiver:
    """Listens under localhost with the double's own certificate.

    ``spoil`` says how to answer the handshake wrongly: ``echo``, ``type``, ``status`` or ``silence``; ``failing``
    counts notifications that are still to be answered with 500.
    """

    def __init__(self, server: MicrosoftServer) -> None:
        self.spoil = ""
        self.failing = 0
        self.told: deque[dict[str, Any]] = deque()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer._answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(server.certificate, server.key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where notifications go."""
        return f"https://localhost:{self._server.server_port}/notify"

    def wait_for(self, count: int, seconds: float = 20) -> list[dict[str, Any]]:
        """Give what was told once there is so much of it."""
        deadline = time.monotonic() + seconds
        while len(self.told) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(self.told) >= count, list(self.told)
        return list(self.told)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        token = parse_qs(urlsplit(handler.path).query).get("validationToken")
        if token:
            self._echo(handler, token[0])
        elif self.failing:
            self.failing -= 1
            _say(handler, 500)
        else:
            self.told.extend(json.loads(body)["value"])
            _say(handler, 202)

    def _echo(self, handler: BaseHTTPRequestHandler, token: str) -> None:
        if self.spoil == "silence":
            time.sleep(1)
        kind = "application/json" if self.spoil == "type" else "text/plain"
        status = 404 if self.spoil == "status" else 200
        _say(handler, status, kind, b"something else" if self.spoil == "echo" else token.encode())


def _say(handler: BaseHTTPRequestHandler, status: int, kind: str = "text/plain", body: bytes = b"") -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
