"""Graph's own description of its types, against which every request and every answer is held.

The description is JSON Schema made from Graph's metadata; it lies beside the checkout and may be missing, in which case
nothing is checked and ``GET /schema`` of the control API says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

PLACE = Path(__file__).parents[5] / "shared" / "schemas" / "graph-v1.schema.json"
TYPE = "microsoft.graph."


class Schema:
    """Checks values against types and against the parameters of actions."""

    def __init__(self, document: Mapping[str, Any] | None) -> None:
        self._document = document
        self._validator = cache(self._make)

    @classmethod
    def load(cls, path: Path = PLACE) -> Schema:
        """Read the description, where there is one."""
        return cls(json.loads(path.read_text("utf-8")) if path.exists() else None)

    @property
    def present(self) -> bool:
        """Say whether anything is checked."""
        return self._document is not None

    def problem(self, kind: str, value: Any) -> str | None:
        """Say what is wrong with a value of a type (``event``) or with an action's parameters (``event.cancel``)."""
        if self._document is None:
            return None
        error = next(iter(self._validator(kind).iter_errors(value)), None)
        return _sentence(error, kind) if error else None

    def parameters(self, action: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Spell an action's parameters as they are declared: their names may be written in any case."""
        declared = self._parameters(action)["properties"] if self._document else {name: {} for name in body}
        spelled = {name.lower(): name for name in declared}
        return {spelled.get(name.lower(), name): value for name, value in body.items()}

    def properties(self, kind: str) -> frozenset[str] | None:
        """Give the names of a type's properties, where they are known."""
        return frozenset(self._document["$defs"][TYPE + kind]["properties"]) if self._document else None

    def _make(self, kind: str) -> jsonschema_rs.Draft202012Validator:
        assert self._document is not None
        definitions = {"$defs": self._document["$defs"]}
        own = self._parameters(kind) if "." in kind else {"$ref": f"#/$defs/{TYPE}{kind}"}
        return jsonschema_rs.Draft202012Validator(definitions | own, validate_formats=True)

    def _parameters(self, action: str) -> dict[str, Any]:
        assert self._document is not None
        found: dict[str, Any] = self._document["x-ops"][action][0]["params"]
        return found


def _sentence(error: Any, kind: str) -> str:
    """Word the innermost mistake as Graph does."""
    inner = next(_innermost(error), error)
    name = type(inner.kind).__name__
    place = "/".join(str(part) for part in inner.instance_path) or kind
    if hasattr(inner.kind, "unexpected"):
        unexpected = ", ".join(inner.kind.unexpected)
        return (
            f"The property '{unexpected}' does not exist on type '{TYPE}{kind}' ({place}). Make sure to only use"
            " property names that are defined by the type or mark the type as open type."
        )
    if hasattr(inner.kind, "options"):
        return f"Requested value {inner.instance!r} was not found ({place})."
    return f"Cannot convert the literal {inner.instance!r} to the expected type ({place}, {name}: {inner.message})."


def _innermost(error: Any) -> Iterator[Any]:
    """Give the mistakes in the branch of a choice that was meant: not the one which says that nothing is there."""
    for branch in getattr(error.kind, "context", None) or ():
        for inner in branch:
            if inner.instance_path != error.instance_path or hasattr(inner.kind, "unexpected"):
                yield from _innermost(inner)
                yield inner
    for branch in getattr(error.kind, "context", None) or ():
        for inner in branch:
            if hasattr(inner.kind, "options"):
                yield inner
