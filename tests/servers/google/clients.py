"""Google's own client library, pointed at the double. Nothing in it is ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import google_auth_httplib2
import httplib2
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document

from tests.servers.google.documents import documents
from tests.servers.google.running import CLIENT, SECRET, GoogleServer

PATHS = {"calendar.v3": "/calendar/v3/", "gmail.v1": "/", "oauth2.v2": "/"}


@contextmanager
def service(server: GoogleServer, name: str, tokens: dict[str, Any]) -> Iterator[Any]:
    """Give one of ``calendar.v3``, ``gmail.v1`` and ``oauth2.v2`` for whoever holds the tokens."""
    credentials: Any = Credentials(  # type: ignore[no-untyped-call]  # the library has few types
        token=tokens["access_token"],
        refresh_token=tokens.get("refresh_token"),
        token_uri=f"{server.root}/token",
        client_id=CLIENT,
        client_secret=SECRET,
    )
    http = google_auth_httplib2.AuthorizedHttp(credentials, http=httplib2.Http(timeout=10))
    document = json.dumps(documents()[name])
    made = build_from_document(document, http=http, client_options={"api_endpoint": server.root + PATHS[name]})
    try:
        yield made
    finally:
        made.close()
