"""HTTP as CalDAV needs it: bounded in time and size, never redirected, reads repeated briefly, writes never."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

import httpx

from agent.clock import Clock
from connectors import exchanges
from connectors.caldav import errors, wire
from connectors.errors import ConsentRevoked, Unreadable
from connectors.patience import TooLate, repeated, within

LONGEST = 20.0
"""Seconds that an answer may arrive for. With one more wait it stays below a third of a claimed intent's lease."""
TIMEOUT = httpx.Timeout(connect=5, write=10, read=15, pool=5)
LARGEST = 20 * 1024 * 1024
"""Bytes of an answer; a calendar's six weeks have a thousandth of it."""
XML = "application/xml; charset=utf-8"
DONE = frozenset({200, 201, 204})

Login = Callable[[], tuple[str, str] | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said to something it accepted."""

    headers: httpx.Headers
    body: bytes

    @property
    def etag(self) -> str:
        """Version of the event it speaks of, empty where it does not say."""
        return wire.version(self.headers.get("ETag"))


def at(url: httpx.URL, path: str) -> httpx.URL:
    """Put a path on the host of another address, whatever it looks like: credentials go nowhere else."""
    escaped = quote("/" + path.lstrip("/"), safe="/%:@!$&'()*+,;=~")
    return url.copy_with(raw_path=escaped.encode())


class Dav:
    """One server, with one person's credentials.

    ``login`` is asked when the first request is made, and again after credentials were refused.
    """

    def __init__(self, login: Login, clock: Clock) -> None:
        self._login = login
        self._clock = clock
        self._client: httpx.Client | None = None

    def resources(self, method: str, url: httpx.URL, body: bytes, depth: int) -> tuple[wire.Resource, ...]:
        """PROPFIND or REPORT, read to its end. Raises ``Unreadable`` where the answer is no multistatus."""
        answer = self._read(method, url, frozenset({207}), body, {"Depth": str(depth), "Content-Type": XML})
        try:
            return wire.resources(answer.body)
        except wire.NotMultistatus as error:
            raise Unreadable(f"{url.host} gives an answer that cannot be understood") from error

    def get(self, url: httpx.URL) -> Answer:
        """GET one resource."""
        return self._read("GET", url, frozenset({200}), b"", {})

    def put(self, url: httpx.URL, body: bytes, condition: dict[str, str]) -> Answer:
        """PUT under a condition; sent once."""
        return self._once("PUT", url, DONE, body, {"Content-Type": "text/calendar; charset=utf-8", **condition}, True)

    def delete(self, url: httpx.URL, condition: dict[str, str]) -> None:
        """DELETE under a condition; sent once."""
        self._once("DELETE", url, DONE, b"", condition, True)

    def close(self) -> None:
        """Let go of connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _read(self, method: str, url: httpx.URL, good: frozenset[int], body: bytes, headers: dict[str, str]) -> Answer:
        return repeated(self._clock, lambda: self._once(method, url, good, body, headers, False))

    def _once(
        self, method: str, url: httpx.URL, good: frozenset[int], body: bytes, headers: dict[str, str], writing: bool
    ) -> Answer:
        client = self._open()

        def exchange() -> tuple[httpx.Response, bytes]:
            with client.stream(method, url, content=body, headers=headers) as response:
                return response, exchanges.received(response, LARGEST)

        try:
            response, received = within(LONGEST, exchange, "caldav")
        except TooLate as error:
            self._client = None  # whoever waits on it still is left behind with it
            raise exchanges.broken(error, url.host, writing=writing) from error
        except (httpx.HTTPError, exchanges.TooMuch) as error:
            raise exchanges.broken(error, url.host, writing=writing) from error
        if response.status_code in good:
            return Answer(response.headers, received)
        refusal = errors.of_status(response, received, writing=writing, now=self._clock.now())
        if isinstance(refusal, ConsentRevoked):
            self.close()
        raise refusal

    def _open(self) -> httpx.Client:
        if self._client is None:
            login = self._login()
            self._client = httpx.Client(
                auth=_Credentials(*login) if login else None,
                # Uncompressed: proxies that compress change etags on the way.
                headers={"User-Agent": "Attune", "Accept-Encoding": "identity"},
                timeout=TIMEOUT,
                verify=_trust(),
                follow_redirects=False,
            )
        return self._client


@cache
def _trust() -> ssl.SSLContext:
    """The machine's trust store, loaded once (50 ms) and not for every calendar."""
    return httpx.create_ssl_context()


class _Credentials(httpx.Auth):
    """Basic at once, or Digest for good once a server has asked for nothing else."""

    def __init__(self, username: str, password: str) -> None:
        self._basic = httpx.BasicAuth(username, password)
        self._digest = httpx.DigestAuth(username, password)
        self._wants_digest = False

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not self._wants_digest:
            flow = self._basic.auth_flow(request)
            response = yield next(flow)
            offered = response.headers.get("WWW-Authenticate", "").lower()
            if response.status_code != 401 or "digest" not in offered or "basic" in offered:
                return
            self._wants_digest = True
            del request.headers["Authorization"]
        yield from self._digest.auth_flow(request)
