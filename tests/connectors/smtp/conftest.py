"""Mail servers to hand mail to, and a certificate to seal it with."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.connectors.smtp.server import Certificate, Listening, Server


@pytest.fixture
def start() -> Iterator[Callable[..., Server]]:
    """Start servers; ``tls`` for sealed from the first byte, any other keyword is the protocol's own."""
    running: list[Listening] = []

    def begin(*, tls: ssl.SSLContext | None = None, auth: bool = False, **options: Any) -> Server:
        server = Server()
        if auth:
            options |= {"authenticator": server.authenticate, "auth_require_tls": False}
        controller = Listening(server, tls, options)
        controller.start()
        running.append(controller)
        server.port = controller.port
        return server

    yield begin
    for controller in running:
        controller.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder = tmp_path_factory.mktemp("certificate")
    key, file = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", str(key), "-out", str(file)],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return Certificate(file, context)
