"""Google's own description of its services: which methods there are, what each takes and gives, and for which scopes.

Read from the discovery documents that google-api-python-client carries, without importing it.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

Json = dict[str, Any]
NAMES = ("calendar.v3", "gmail.v1", "oauth2.v2")
IDENTITY = frozenset({"openid", "email", "profile"})
SPELT_OUT = {
    "email": "https://www.googleapis.com/auth/userinfo.email",
    "profile": "https://www.googleapis.com/auth/userinfo.profile",
}
"""How Google spells the short identity scopes when it tells what was granted."""


@dataclass(frozen=True)
class Method:
    """One method of a service; ``parameters`` include those that every method of the service takes."""

    id: str
    http: str
    parts: tuple[str, ...]
    parameters: Json
    takes: str | None
    gives: str | None
    scopes: frozenset[str]
    document: str

    @property
    def writes(self) -> bool:
        """Whether it changes anything; free/busy is asked with POST and does not."""
        return self.http != "GET" and self.id != "calendar.freebusy.query"

    def match(self, parts: tuple[str, ...]) -> dict[str, str] | None:
        """Give the path's parameters where it is this method's."""
        if len(parts) != len(self.parts):
            return None
        found = {}
        for mine, theirs in zip(self.parts, parts, strict=True):
            if mine.startswith("{"):
                found[mine.strip("{}")] = unquote(theirs)
            elif mine != theirs:
                return None
        return found


@cache
def documents() -> dict[str, Json]:
    """Give all three documents by name."""
    package = importlib.util.find_spec("googleapiclient")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("google-api-python-client carries the discovery documents; install it")
    folder = Path(next(iter(package.submodule_search_locations))) / "discovery_cache" / "documents"
    return {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in NAMES}


@cache
def methods() -> dict[str, Method]:
    """Give all methods by id, those with the fewest parameters in their path first."""
    found = [
        _method(name, document, each) for name, document in documents().items() for each in _methods_below(document)
    ]
    return {each.id: each for each in sorted(found, key=lambda each: sum("{" in part for part in each.parts))}


@cache
def scopes() -> dict[str, str]:
    """Give what each scope allows, in Google's words."""
    return {
        scope: about["description"]
        for document in documents().values()
        for scope, about in document["auth"]["oauth2"]["scopes"].items()
    }


def find(http: str, path: str) -> tuple[Method, dict[str, str]] | None:
    """Say which method a request is for, and give its path's parameters. The path is still percent-encoded."""
    parts = tuple(path.strip("/").split("/"))
    for method in methods().values():
        if method.http == http and (found := method.match(parts)) is not None:
            return method, found
    return None


def schema(document: str, name: str) -> Json:
    """Give one schema of a document."""
    found: Json = documents()[document]["schemas"][name]
    return found


def spell_out(scope: str) -> str:
    """Give a scope's long form."""
    return SPELT_OUT.get(scope, scope)


def _methods_below(node: Json) -> Iterator[Json]:
    yield from node.get("methods", {}).values()
    for resource in node.get("resources", {}).values():
        yield from _methods_below(resource)


def _method(name: str, document: Json, raw: Json) -> Method:
    return Method(
        id=raw["id"],
        http=raw["httpMethod"],
        parts=tuple((document["servicePath"] + raw["path"]).strip("/").split("/")),
        parameters={**document["parameters"], **raw.get("parameters", {})},
        takes=raw.get("request", {}).get("$ref"),
        gives=raw.get("response", {}).get("$ref"),
        scopes=frozenset(raw.get("scopes", ())),
        document=name,
    )
