"""The query parameter ``fields``: read it, hold it against the answer's schema, and cut the answer down to it.

"Work with partial resources" in the guides of the Calendar API: ``a,b``, ``a/b``, ``a(b,c)`` and ``*``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.servers.google.documents import Json, schema
from tests.servers.google.errors import Refusal, invalid

Wanted = dict[str, Any]
"""Wanted names, each with what is wanted below it; empty means all."""

TOKEN = re.compile(r"[\w*.$-]+|[,()/]")


def read(text: str) -> Wanted:
    """Read a selector; refuses one that is not well formed."""
    tokens = TOKEN.findall(text)
    if "".join(tokens) != text or not tokens:
        raise _refused(text)
    wanted, rest = _read_list(tokens, text)
    if rest:
        raise _refused(text)
    return wanted


def check(wanted: Wanted, document: str, about: Json, text: str) -> None:
    """Refuse a selector that names what the schema does not have."""
    while "$ref" in about or about.get("type") == "array":
        about = schema(document, about["$ref"]) if "$ref" in about else about["items"]
    for name, below in wanted.items():
        for each in _named(name, about):
            check(below, document, each, text)
        if name != "*" and not list(_named(name, about)):
            raise _refused(name)


def cut(value: Any, wanted: Wanted) -> Any:
    """Give what is wanted of an answer."""
    if not wanted:
        return value
    if isinstance(value, list):
        return [cut(item, wanted) for item in value]
    if not isinstance(value, dict):
        return value
    below = {key: wanted[key] if key in wanted else wanted["*"] for key in value if {key, "*"} & set(wanted)}
    return {key: cut(value[key], each) for key, each in below.items()}


def _named(name: str, about: Json) -> Iterator[Json]:
    properties = about.get("properties", {})
    if name == "*":
        yield from properties.values()
    elif name in properties:
        yield properties[name]
    if "additionalProperties" in about:
        yield about["additionalProperties"]


def _read_list(tokens: list[str], text: str) -> tuple[Wanted, list[str]]:
    wanted: Wanted = {}
    while True:
        name, below, tokens = _read_one(tokens, text)
        wanted[name] = {**wanted.get(name, {}), **below}
        if tokens[:1] != [","]:
            return wanted, tokens
        tokens = tokens[1:]


def _read_one(tokens: list[str], text: str) -> tuple[str, Wanted, list[str]]:
    if not tokens or tokens[0] in set(",()/"):
        raise _refused(text)
    name, rest = tokens[0], tokens[1:]
    if rest[:1] == ["/"]:
        below, inner, rest = _read_one(rest[1:], text)
        return name, {below: inner}, rest
    if rest[:1] == ["("]:
        wanted, rest = _read_list(rest[1:], text)
        if rest[:1] != [")"]:
            raise _refused(text)
        return name, wanted, rest[1:]
    return name, {}, rest


def _refused(what: str) -> Refusal:
    return invalid(f"Invalid field selection {what}", "fields", "invalidParameter")
