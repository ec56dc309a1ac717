"""Graph over HTTP: bounded in time and size, three requests a mailbox, reads repeated briefly, writes never."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from threading import BoundedSemaphore, Lock
from typing import Any, Protocol
from weakref import WeakValueDictionary

import httpx

from agent.clock import Clock
from connectors import exchanges
from connectors.errors import RateLimited, Unreadable
from connectors.microsoft import errors
from connectors.microsoft.application import Application
from connectors.patience import TooLate, repeated, within

LONGEST = 20.0
"""Seconds that an answer may arrive for: half of the third of a lease that a request may take."""
TIMEOUT = httpx.Timeout(connect=5, write=10, read=15, pool=5)
LARGEST = 20 * 1024 * 1024
"""Bytes of an answer."""
PAGES = 100
"""Pages of one collection; a calendar that is larger is not read by halves."""
AT_ONCE = 3
"""Requests in flight for one mailbox; Graph refuses the fifth."""
TURN = 5.0
"""Seconds to wait for one of those to end."""
PREFER = 'outlook.timezone="UTC", IdType="ImmutableId"'
"""Times in UTC, and ids that outlive a move to another folder."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Graph said to something it accepted: the body as JSON, None where there is none."""

    headers: httpx.Headers
    body: Any

    def entity(self) -> Mapping[str, Any]:
        """The body as the one thing that was asked for."""
        if not isinstance(self.body, dict):
            raise Unreadable("Graph gives an answer that cannot be understood")
        return self.body


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: httpx.URL
    good: frozenset[int]
    headers: Mapping[str, str]
    content: bytes = b""
    writing: bool = False


class Access(Protocol):
    """Where tokens come from."""

    def access(self) -> str:
        """Give one."""
        ...

    def renewed(self, refused: str) -> str:
        """Give another than the one that was refused."""
        ...

    def broken(self) -> None:
        """Hear that even another was refused."""
        ...


class _Places:
    """Places for requests in flight, by mailbox: shared by its calendar and its mail."""

    def __init__(self) -> None:
        self._known: WeakValueDictionary[tuple[str, str], BoundedSemaphore] = WeakValueDictionary()
        self._lock = Lock()

    def of(self, graph: str, mailbox: str) -> BoundedSemaphore:
        with self._lock:
            return self._known.setdefault((graph, mailbox), BoundedSemaphore(AT_ONCE))


_places = _Places()


class Graph:
    """Graph as one person. ``mailbox`` tells theirs from any other."""

    def __init__(self, application: Application, tokens: Access, mailbox: str, clock: Clock) -> None:
        self._root = application.settings.graph.rstrip("/")
        self._application = application
        self._tokens = tokens
        self._clock = clock
        self._place = _places.of(self._root, mailbox.lower())
        self._client: httpx.Client | None = None

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        """Read one thing."""
        return self._read(self._url(path, query or {}), PREFER)

    def ask(self, path: str, body: object) -> Answer:
        """Read by an action that takes its question as a body."""
        request = _Request("POST", self._url(path, {}), frozenset({200}), _json(PREFER), _encoded(body))
        return repeated(self._clock, lambda: self._exchange(request))

    def pages(self, path: str, query: Mapping[str, str], prefer: str = "") -> Iterator[Mapping[str, Any]]:
        """Read a collection, page after page; the last of a delta query has its ``@odata.deltaLink``."""
        url = self._url(path, query)
        for _ in range(PAGES):
            page = self._read(url, f"{PREFER}, {prefer}" if prefer else PREFER).entity()
            if not _is_page(page.get("value")):
                raise Unreadable("Graph gives a page that cannot be understood")
            yield page
            following = page.get("@odata.nextLink")
            if following is None:
                return
            url = self._following(following)
        raise Unreadable("Graph gives more pages than a calendar has")

    def post(self, path: str, body: object, good: int) -> Answer:
        """Make something; sent once."""
        return self._write("POST", path, good, _json(PREFER), _encoded(body))

    def post_text(self, path: str, content: bytes, good: int) -> Answer:
        """Hand over plain text; sent once."""
        return self._write("POST", path, good, {"Content-Type": "text/plain"}, content)

    def patch(self, path: str, body: object, etag: str) -> Answer:
        """Change something, if it is the version that is known; sent once."""
        return self._write("PATCH", path, 200, _json(PREFER) | {"If-Match": etag}, _encoded(body))

    def delete(self, path: str, etag: str) -> None:
        """Delete something, if it is the version that is known; sent once."""
        self._write("DELETE", path, 204, {"If-Match": etag}, b"")

    def close(self) -> None:
        """Let go of connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _url(self, path: str, query: Mapping[str, str]) -> httpx.URL:
        if not path.startswith("/"):
            return self._following(path)
        return httpx.URL(f"{self._root}{path}", params=dict(query)) if query else httpx.URL(f"{self._root}{path}")

    def _following(self, link: object) -> httpx.URL:
        """A link that Graph gave; the token goes nowhere else."""
        if not isinstance(link, str) or not link.startswith(f"{self._root}/"):
            raise Unreadable("Graph gives a link to somewhere else")
        return httpx.URL(link)

    def _read(self, url: httpx.URL, prefer: str) -> Answer:
        request = _Request("GET", url, frozenset({200}), {"Prefer": prefer})
        return repeated(self._clock, lambda: self._exchange(request))

    def _write(self, method: str, path: str, good: int, headers: Mapping[str, str], content: bytes) -> Answer:
        request = _Request(method, self._url(path, {}), frozenset({good}), headers, content, writing=True)
        return self._exchange(request)

    def _exchange(self, request: _Request) -> Answer:
        """Ask, and once more with another token where that one is refused: then nothing was done."""
        token = self._tokens.access()
        response, body = self._send(request, token)
        if response.status_code == 401:
            response, body = self._send(request, self._tokens.renewed(token))
            if response.status_code == 401:
                self._tokens.broken()
        if response.status_code not in request.good:
            raise errors.of_status(response, body, writing=request.writing, now=self._clock.now())
        try:
            return Answer(response.headers, json.loads(body) if body else None)
        except (ValueError, RecursionError) as error:
            raise errors.not_understood(request.url.host, writing=request.writing) from error

    def _send(self, request: _Request, token: str) -> tuple[httpx.Response, bytes]:
        client, writing = self._open(), request.writing
        if not self._place.acquire(timeout=TURN):
            raise RateLimited("enough requests to the same mailbox are under way", timedelta(seconds=TURN))

        def exchange() -> tuple[httpx.Response, bytes]:
            try:
                headers = {**request.headers, "Authorization": f"Bearer {token}"}
                with client.stream(request.method, request.url, content=request.content, headers=headers) as response:
                    return response, exchanges.received(response, LARGEST)
            finally:
                self._place.release()

        try:
            return within(LONGEST, exchange, "microsoft-graph")
        except TooLate as error:
            self._client = None  # whoever waits on it still is left behind with it
            raise exchanges.broken(error, request.url.host, writing=writing) from error
        except (httpx.HTTPError, exchanges.TooMuch) as error:
            raise exchanges.broken(error, request.url.host, writing=writing) from error

    def _open(self) -> httpx.Client:
        if self._client is None:
            self._client = httpx.Client(
                headers={"User-Agent": "Attune", "Accept": "application/json"},
                timeout=TIMEOUT,
                verify=self._application.trusted,
                follow_redirects=False,
                trust_env=self._application.settings.trust is None,
            )
        return self._client


def _is_page(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _json(prefer: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "Prefer": prefer}


def _encoded(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
