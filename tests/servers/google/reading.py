"""A request held against Google's description of its method, before anybody looks at what it means."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from tests.servers.google.documents import Json, Method, schema
from tests.servers.google.errors import Refusal, bad_request, invalid, required
from tests.servers.google.schema import READ_ONLY_FIELD, Problem, Reading, problems, wrong_scalar
from tests.servers.google.selector import Wanted, check, read

BOOLEANS = {"true": True, "false": False}


def read_parameters(method: Method, path: dict[str, str], query: Iterable[tuple[str, str]]) -> Json:
    """Give the parameters as values; refuses one that the method does not have, or of another type."""
    given: dict[str, list[str]] = defaultdict(list)
    for name, text in [*path.items(), *query]:
        given[name].append(text)
    for name in given:
        if name not in method.parameters:
            raise bad_request(
                f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
                f"Field '{name}' could not be found in request message."
            )
    for name, about in method.parameters.items():
        if about.get("required") and not given.get(name):
            raise required(f"parameter {name}")
    return {name: _value(name, texts, method.parameters[name]) for name, texts in given.items()}


def _value(name: str, texts: list[str], about: Json) -> Any:
    values = [_one(name, text, about) for text in texts]
    if about.get("repeated"):
        return values
    if len(values) > 1:
        raise invalid(f"{name} is given more than once.", name, "invalidParameter")
    return values[0]


def _one(name: str, text: str, about: Json) -> Any:
    value: Any = text
    if about["type"] == "integer" and text.lstrip("-").isdecimal():
        value = int(text)
    if about["type"] == "boolean":
        value = BOOLEANS.get(text, text)
    if what := wrong_scalar(value, about, offset_needed=True):
        raise invalid(f"Invalid value for {name}: it {what}", name, "invalidParameter")
    return value


def read_body(method: Method, content_type: str, raw: bytes) -> tuple[Json, tuple[Problem, ...]]:
    """Give the body, and those of its fields that only Google writes; refuses what does not match."""
    if method.takes is None:
        if raw.strip() not in {b"", b"{}"}:
            raise bad_request(f"{method.id} takes no body.")
        return {}, ()
    if content_type.split(";", maxsplit=1)[0].strip().lower() != "application/json":
        raise bad_request("This API takes application/json.")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise Refusal(400, "parseError", "Parse Error") from error
    return hold(method, body)


def hold(method: Method, body: Any) -> tuple[Json, tuple[Problem, ...]]:
    """Hold a body against its schema."""
    if method.takes is None:
        return {}, ()
    how = Reading(method.document, method.id, may_clear=method.http == "PATCH")
    found = list(problems(body, method.takes, how))
    read_only = tuple(each for each in found if each.what == READ_ONLY_FIELD)
    others = [each for each in found if each not in read_only]
    if missing := next((each for each in others if each.what == "is required"), None):
        raise required(missing.path)
    if others:
        unknown = "Invalid JSON payload received. " if "Unknown name" in others[0].what else "Invalid value: "
        raise bad_request(unknown + "; ".join(str(each) for each in others))
    kind = schema(method.document, method.takes).get("properties", {}).get("kind", {}).get("default")
    if kind is not None and body.get("kind", kind) != kind:
        raise bad_request(f"Invalid value: kind: is not {kind}")
    return body, read_only


def read_fields(method: Method, text: str | None) -> Wanted:
    """Give what of the answer is wanted; all where nothing is said."""
    if text is None or method.gives is None:
        return {}
    wanted = read(text)
    check(wanted, method.document, schema(method.document, method.gives), text)
    return wanted
