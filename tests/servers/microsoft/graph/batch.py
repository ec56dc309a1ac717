"""Several requests in one.

Documented under "Combine multiple HTTP requests using JSON batching".
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.servers.microsoft.graph.call import Answer
from tests.servers.microsoft.graph.errors import bad_request

MOST = 20
FIELDS = frozenset({"id", "method", "url", "headers", "body", "dependsOn"})
METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})

Ask = Callable[[str, str, tuple[tuple[str, str], ...], Mapping[str, str], bytes], Awaitable[Answer]]


async def answer(body: Mapping[str, Any], outer: Mapping[str, str], ask: Ask) -> dict[str, Any]:
    """Ask each in turn; one whose predecessor failed is not asked, and gets 424."""
    requests = _checked(body)
    statuses: dict[str, int] = {}
    responses = []
    for request in requests:
        if any(statuses[before] >= 400 for before in request.get("dependsOn", ())):
            response = _failed_dependency(request["id"])
        else:
            response = await _one(request, outer, ask)
        statuses[request["id"]] = response["status"]
        responses.append(response)
    return {"responses": responses}


def _checked(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    requests = body.get("requests")
    if set(body) != {"requests"} or not isinstance(requests, list) or not requests:
        raise bad_request("The batch request needs a property 'requests' that is a list.")
    if len(requests) > MOST:
        raise bad_request(f"Number of batch requests must not exceed {MOST}.", "MaxIncludesExceeded")
    seen: set[str] = set()
    for request in requests:
        if not isinstance(request, dict) or set(request) - FIELDS or not {"id", "method", "url"} <= set(request):
            raise bad_request("A request in the batch is not well formed.")
        if request["method"] not in METHODS or not str(request["url"]).startswith("/"):
            raise bad_request(f"Request {request['id']} has no valid method or relative url.")
        if request["id"] in seen or not set(request.get("dependsOn", ())) <= seen:
            raise bad_request(f"Request id {request['id']} is not unique, or depends on one that does not come before.")
        if "body" in request and not _header(request, "content-type"):
            raise bad_request(f"Write request id : {request['id']} does not contain Content-Type header or body.")
        seen.add(request["id"])
    return requests


async def _one(request: Mapping[str, Any], outer: Mapping[str, str], ask: Ask) -> dict[str, Any]:
    parts = urlsplit(request["url"])
    headers = {name.lower(): str(value) for name, value in request.get("headers", {}).items()}
    headers["authorization"] = outer.get("authorization", "")
    raw = json.dumps(request["body"]).encode() if "body" in request else b""
    if headers.get("content-type", "").startswith("text/plain"):
        raw = str(request.get("body", "")).encode()
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    found = await ask(request["method"], f"/v1.0{unquote(parts.path)}", query, headers, raw)
    response: dict[str, Any] = {"id": request["id"], "status": found.status, "headers": dict(found.headers)}
    return response | ({"body": found.body} if found.body is not None else {})


def _failed_dependency(name: str) -> dict[str, Any]:
    error = {"code": "FailedDependency", "message": "A request on which this one depends has failed."}
    return {"id": name, "status": 424, "headers": {}, "body": {"error": error}}


def _header(request: Mapping[str, Any], name: str) -> str:
    return next((str(value) for key, value in request.get("headers", {}).items() if key.lower() == name), "")
