"""A TCP proxy that passes requests on and loses the answers it was told to lose."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self


class LossyProxy:
    """Stands before a server on loopback. ``lose_answer_to("PUT")`` cuts the next PUT's answer off."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._lose: str | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def lose_answer_to(self, method: str) -> None:
        """Let the next request of this method through, and close the connection instead of answering."""
        self._lose = method

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._target)) as server:
            losing = threading.Event()
            up = threading.Thread(target=self._up, args=(client, server, losing), daemon=True)
            up.start()
            with contextlib.suppress(OSError):
                while (data := server.recv(65536)) and not losing.is_set():
                    client.sendall(data)
                client.shutdown(socket.SHUT_RDWR)
            up.join(5)

    def _up(self, client: socket.socket, server: socket.socket, losing: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                if self._lose and data.startswith(self._lose.encode() + b" "):
                    self._lose = None
                    losing.set()
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)
