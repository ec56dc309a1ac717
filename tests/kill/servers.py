"""A real calendar server behind a proxy that takes its time, and a mail server that does; both record what they did."""

from __future__ import annotations

import asyncio
import http.client
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from tests.kill.recorder import Recorder

LOOPBACK = "127.0.0.1"
WRITES = frozenset({"PUT", "DELETE"})
SLOW = 0.04
"""Seconds that an effect may take on its way in, and again on its way out."""


class Proxy(ThreadingHTTPServer):
    """Passes everything on; what has arrived is carried out, whether or not anybody still waits for the answer."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, target: int, recorder: Recorder, seed: int) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.target = target
        self.recorder = recorder
        self.chance = random.Random(seed)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever asked was killed; that is what this is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._pass_on
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        pass

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.command not in WRITES:
            self._answer(*self._ask(body))
            return
        what = "CREATE" if "If-None-Match" in self.headers else self.command
        with self.server.recorder.around(what, unquote(self.path)) as call:
            time.sleep(self.server.chance.uniform(0, SLOW))
            status, headers, content = self._ask(body)
            call.result = str(status)
            time.sleep(self.server.chance.uniform(0, SLOW))
            self._answer(status, headers, content)

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(LOOPBACK, self.server.target, timeout=30)
        try:
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in {"content-length", "connection", "transfer-encoding", "date", "server"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def proxy(target: int, recorder: Recorder, seed: int) -> Iterator[int]:
    """Stand before a server on loopback; gives the port to ask instead."""
    server = Proxy(target, recorder, seed)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


class _Sink:
    """Takes a message at once and answers late, or takes it late: then it is lost with whoever hangs up before."""

    def __init__(self, recorder: Recorder, seed: int) -> None:
        self._recorder = recorder
        self._chance = random.Random(seed)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  its name is aiosmtpd's
        key = str(message_from_bytes(envelope.original_content)["Message-ID"]).strip("<>").partition("@")[0]
        before, after = self._chance.choice(((0.0, 2 * SLOW), (2 * SLOW, 0.0), (SLOW, SLOW)))
        with self._recorder.around("MAIL", key) as call:
            await asyncio.sleep(before)
            call.result = "kept"
            await asyncio.sleep(after)
        return "250 kept"


@contextmanager
def mail_server(port: int, recorder: Recorder, seed: int) -> Iterator[None]:
    """Take mail for everybody; only its identity is kept."""
    from aiosmtpd.controller import Controller

    controller = Controller(_Sink(recorder, seed), hostname=LOOPBACK, port=port)
    controller.start()
    try:
        yield
    finally:
        with suppress(RuntimeError):
            controller.stop()
