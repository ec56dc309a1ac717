"""Sends notifications, and asks an address first whether it wants them.

Documented under "Receive change notifications through webhooks": a token must come back as text within ten seconds, and
a notification that is not answered with 2xx is sent again. Subscribers must bear hearing of a change twice, or late.
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
from typing import Any
from urllib.parse import quote

import httpx

PATIENCE = 10.0
TRIES = 4
PAUSE = 0.2
"""Seconds before a notification is sent again; the service waits longer."""


class Notifier:
    """The service's own client. ``sent`` keeps each notification with the status it was answered with."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.lose = 0
        self.patience = PATIENCE
        self._trust: str | None = None
        self._client: httpx.AsyncClient | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    def trust(self, authority: str) -> None:
        """Believe in the certificates of this authority, which is a file."""
        self._trust, self._client = authority, None

    async def validate(self, url: str) -> str | None:
        """Ask an address for the echo of a token; say what is wrong with the answer."""
        token = f"Validation: Testing client application reachability. {secrets.token_hex(12)}"
        joint = "&" if "?" in url else "?"
        try:
            answer = await self._http().post(
                f"{url}{joint}validationToken={quote(token)}",
                headers={"Content-Type": "text/plain; charset=utf-8"},
                timeout=self.patience,
            )
        except httpx.TimeoutException:
            return "The operation timed out."
        except httpx.HTTPError as error:
            return f"The address could not be reached: {type(error).__name__}."
        if answer.status_code != 200:
            return f"HTTP status code is '{answer.status_code}'."
        if answer.headers.get("content-type", "").partition(";")[0].strip() != "text/plain":
            return "The content type of the answer is not 'text/plain'."
        return None if answer.text == token else "Must respond with the validation token."

    def send(self, url: str, notification: dict[str, Any]) -> None:
        """Send a notification when there is time; one may be lost on the way, where a test wants it."""
        if self.lose:
            self.lose -= 1
            self.sent.append({"url": url, "status": 0, **notification})
            return
        task = asyncio.ensure_future(self._send(url, notification))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _send(self, url: str, notification: dict[str, Any]) -> None:
        status = 0
        for _ in range(TRIES):
            try:
                answer = await self._http().post(url, json={"value": [notification]}, timeout=3)
                status = answer.status_code
            except httpx.HTTPError:
                status = 0
            if 200 <= status < 300:
                break
            await asyncio.sleep(PAUSE)
        self.sent.append({"url": url, "status": status, **notification})

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            verify = ssl.create_default_context(cafile=self._trust)
            self._client = httpx.AsyncClient(verify=verify, trust_env=False)
        return self._client
