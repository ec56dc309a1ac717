"""Does a value match Google's schema of it? Unknown fields, wrong types, formats and words, missing and read-only ones.

The documents say some of it in prose only: which words a string may be ("Possible values are"), and which fields
are read-only.
"""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from tests.servers.google.documents import Json, schema

WORD = re.compile(r'^\s*- "([^"]*)"', re.MULTILINE)
LISTED = re.compile(r"(?<!Some of the )possible values? (?:are|is):", re.IGNORECASE)
READ_ONLY = re.compile(r"(?<!-)\bread-only\b", re.IGNORECASE)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
BASE64 = re.compile(r"[A-Za-z0-9_-]*={0,2}")
RANGES = {"int32": (-(2**31), 2**31 - 1), "uint32": (0, 2**32 - 1)}
DECIMAL = {"int64": re.compile(r"-?\d+"), "uint64": re.compile(r"\d+")}


@dataclass(frozen=True)
class Reading:
    """How to look: at the request of a method, or (None) at an answer. PATCH may clear a field with null."""

    document: str
    method: str | None = None
    may_clear: bool = False


@dataclass(frozen=True)
class Problem:
    """One thing that does not match; ``value`` is what was there."""

    path: str
    what: str
    value: Any = None

    def __str__(self) -> str:
        return f"{self.path or 'the body'}: {self.what}"


READ_ONLY_FIELD = "is read-only"


def problems(value: Any, name: str, how: Reading) -> Iterator[Problem]:
    """Give everything that does not match a named schema."""
    yield from _any(value, schema(how.document, name), "", how)


def _any(value: Any, about: Json, path: str, how: Reading) -> Iterator[Problem]:
    if "$ref" in about:
        about = schema(how.document, about["$ref"])
    if value is None:
        if how.method is None or path.endswith("]"):
            yield Problem(path, "is null")
        return
    match about["type"]:
        case "object":
            yield from _object(value, about, path, how)
        case "array":
            yield from _array(value, about, path, how)
        case _:
            if what := wrong_scalar(value, about, offset_needed=how.method is None):
                yield Problem(path, what, value)


def _object(value: Any, about: Json, path: str, how: Reading) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(path, f"is no object: {value!r}")
        return
    known, rest = about.get("properties", {}), about.get("additionalProperties")
    for key, item in value.items():
        below = f"{path}.{key}" if path else key
        if key in known:
            if how.method is not None and READ_ONLY.search(known[key].get("description", "")):
                yield Problem(below, READ_ONLY_FIELD, item)
            yield from _any(item, known[key], below, how)
        elif rest is not None:
            yield from _any(item, rest, below, how)
        else:
            yield Problem(below, f'Unknown name "{key}": Cannot find field.')
    for key, each in known.items():
        if how.method in each.get("annotations", {}).get("required", ()) and value.get(key) is None:
            yield Problem(f"{path}.{key}" if path else key, "is required")


def _array(value: Any, about: Json, path: str, how: Reading) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield Problem(path, f"is no array: {value!r}")
        return
    for index, item in enumerate(value):
        yield from _any(item, about["items"], f"{path}[{index}]", how)


def wrong_scalar(value: Any, about: Json, *, offset_needed: bool) -> str:
    """Say what is wrong with a string, number or boolean; nothing where it is right."""
    match about["type"]:
        case "boolean":
            return "" if isinstance(value, bool) else f"is no boolean: {value!r}"
        case "integer":
            return _wrong_integer(value, about)
        case "any":
            return ""
        case _:
            return _wrong_string(value, about, offset_needed)


def _wrong_integer(value: Any, about: Json) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        return f"is no integer: {value!r}"
    low, high = RANGES[about.get("format", "int32")]
    low, high = max(low, int(about.get("minimum", low))), min(high, int(about.get("maximum", high)))
    return "" if low <= value <= high else f"is not within {low} and {high}: {value}"


def _wrong_string(value: Any, about: Json, offset_needed: bool) -> str:
    if not isinstance(value, str):
        return f"is no string: {value!r}"
    if (words := words_of(about)) and value not in words:
        return f"is none of {', '.join(words)}: {value!r}"
    return "" if _well_formed(value, about.get("format"), offset_needed) else f"is no {about['format']}: {value!r}"


def words_of(about: Json) -> list[str]:
    """Give the words that a string may be, or none where it may be any."""
    return list(about["enum"]) if "enum" in about else _words_in(about.get("description", ""))


@cache
def _words_in(description: str) -> list[str]:
    return WORD.findall(description) if LISTED.search(description) else []


def _well_formed(value: str, kind: str | None, offset_needed: bool) -> bool:
    try:
        if kind == "date-time":
            found = INSTANT.fullmatch(value)
            return bool(found and (found[2] or not offset_needed) and datetime.fromisoformat(value))
        if kind == "date":
            return date.fromisoformat(value).isoformat() == value
        if kind == "byte":
            return bool(BASE64.fullmatch(value)) and urlsafe_b64decode(value + "=" * (-len(value) % 4)) is not None
    except (ValueError, binascii.Error):
        return False
    return kind not in DECIMAL or bool(DECIMAL[kind].fullmatch(value))
