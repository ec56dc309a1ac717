"""Calls Google's client library with one connection a thread, and says in our words how each call ended."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import Lock, local
from typing import Any

import google_auth_httplib2
import httplib2
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from agent.clock import Clock
from connectors.google import errors
from connectors.google.client import secret_of, trust
from connectors.google.credentials import Grant, KeptCredentials
from connectors.google.once import Once
from connectors.google.settings import GoogleClientSettings

TIMEOUT = 10
"""Seconds to wait for a piece of an answer; a twelfth of the lease: a token that ran out makes several calls of one."""

ENDED = (OSError, httplib2.HttpLib2Error, http.client.HTTPException)
Json = dict[str, Any]
Make = Callable[[Any], Any]
"""Makes one of the library's requests from the library's service."""


@lru_cache(maxsize=8)
def service(api: str, version: str, endpoint: str) -> Any:
    """Give the library's description of an API, made once for all people; each call brings its own connection."""
    return build(
        api,
        version,
        http=httplib2.Http(),
        static_discovery=True,
        cache_discovery=False,
        client_options={"api_endpoint": endpoint},
    )


class Api:
    """One API for one grant."""

    def __init__(
        self, api: tuple[str, str, str], grant: Grant, client: GoogleClientSettings, *, home: Path, clock: Clock
    ) -> None:
        self._service = api
        self._grant = grant
        self._client = client
        self._home = home
        self._clock = clock
        self._mine = local()
        self._opened: list[Any] = []
        self._opening = Lock()

    def read(self, make: Make) -> Json:
        """Ask, once more where a kept connection turns out to be closed."""
        request = make(service(*self._service))
        try:
            return self._execute(request, writing=False)
        except TimeoutError as error:  # it has been waited for long enough
            raise errors.of_transport(error, writing=False) from error
        except ENDED:
            self._drop()
        try:
            return self._execute(request, writing=False)
        except ENDED as error:
            raise errors.of_transport(error, writing=False) from error

    def write(self, make: Make, *, etag: str | None = None) -> Json:
        """Write once, on a new connection: one that was kept may be closed, and a write is not repeated."""
        request = make(service(*self._service))
        if etag is not None:
            request.headers["If-Match"] = etag
        self._drop()
        try:
            return self._execute(request, writing=True)
        except ENDED as error:
            raise errors.of_transport(error, writing=True) from error

    def authorize(self) -> None:
        """Get an access token, and ask for nothing."""
        try:
            http = self._connection()
            http.credentials.renew(google_auth_httplib2.Request(http.http))
        except ENDED as error:
            raise errors.of_transport(error, writing=False) from error

    def close(self) -> None:
        """Let go of every thread's connection."""
        with self._opening:
            for each in self._opened:
                with suppress(*ENDED):
                    each.close()

    def _execute(self, request: Any, *, writing: bool) -> Json:
        try:
            answer = request.execute(http=self._connection(), num_retries=0)
        except HttpError as error:
            raise errors.of_status(
                int(error.resp.status), error.resp, error.content, writing=writing, now=self._clock.now()
            ) from error
        except ENDED:  # some of which are a ValueError, too
            raise
        except ValueError as error:
            raise errors.of_garbage(writing=writing) from error
        if answer == "":  # what the library makes of a method that answers nothing
            return {}
        if not isinstance(answer, dict):
            raise errors.of_garbage(writing=writing)
        return answer

    def _connection(self) -> Any:
        if not hasattr(self._mine, "http"):
            plain = Once(timeout=TIMEOUT, ca_certs=trust(self._client, self._home))
            client = self._client
            credentials = KeptCredentials(self._grant, client.token, client.client_id, secret_of(client, self._home))
            self._mine.http = google_auth_httplib2.AuthorizedHttp(credentials, http=plain)
            with self._opening:
                self._opened.append(self._mine.http)
        return self._mine.http

    def _drop(self) -> None:
        with suppress(*ENDED):
            self._connection().close()
