"""A transport that asks once.

httplib2 repeats any request, writes too, whose connection ends without an answer, however few tries it is told to make.
It does so for one kind of error only; here that error has another name.
"""

from __future__ import annotations

import http.client
from typing import Any

import httplib2


class Unanswered(ConnectionError):
    """The connection ended before an answer began."""


class _Plain(httplib2.HTTPConnectionWithTimeout):  # type: ignore[misc]  # the library has no types
    def getresponse(self) -> http.client.HTTPResponse:
        return _answer(super().getresponse)


class _Sealed(httplib2.HTTPSConnectionWithTimeout):  # type: ignore[misc]  # the library has no types
    def getresponse(self) -> http.client.HTTPResponse:
        return _answer(super().getresponse)


def _answer(wait: Any) -> http.client.HTTPResponse:
    try:
        answer: http.client.HTTPResponse = wait()
    except (http.client.BadStatusLine, http.client.ResponseNotReady) as error:
        raise Unanswered(type(error).__name__) from error
    return answer


class Once(httplib2.Http):  # type: ignore[misc]  # the library has no types
    """An ``Http`` that follows no redirect and repeats nothing."""

    def __init__(self, *, timeout: float, ca_certs: str | None) -> None:
        super().__init__(timeout=timeout, ca_certs=ca_certs)
        self.follow_redirects = False

    def request(self, uri: str, *args: Any, **kwargs: Any) -> Any:
        """Ask by a connection that tells when nobody answered."""
        kwargs["connection_type"] = _Sealed if uri.startswith("https:") else _Plain
        return super().request(uri, *args, **kwargs)
