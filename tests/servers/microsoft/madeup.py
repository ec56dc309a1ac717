"""Bodies that fit Graph's schema and mean nothing, by a seed: what a client may send that nobody thought of."""

from __future__ import annotations

import random
from typing import Any

from tests.servers.microsoft.graph.schema import TYPE

WORDS = ("", "x", "a@b.example", "2027-03-01T09:00:00", "2027-13-01T10:00:00", "UTC", "Europe/Lisbon", "line\r\nbreak")
DEEPEST = 5


class MadeUp:
    """Makes values of types and of actions' parameters."""

    def __init__(self, document: dict[str, Any], seed: int) -> None:
        self._document = document
        self._dice = random.Random(seed)

    def of(self, kind: str, names: frozenset[str]) -> dict[str, Any]:
        """Make a value of a type, with some of these properties."""
        declared = self._document["$defs"][TYPE + kind]["properties"]
        return {name: self._value(declared[name], 0) for name in sorted(names) if self._dice.random() < 0.2}

    def parameters(self, action: str) -> Any:
        """Make an action's parameters."""
        return self._value(self._document["x-ops"][action][0]["params"], 0)

    def choose(self, *values: Any) -> Any:
        """Take one."""
        return self._dice.choice(values)

    def _value(self, schema: dict[str, Any], depth: int) -> Any:
        if "$ref" in schema:
            return self._value(self._document["$defs"][schema["$ref"].rpartition("/")[2]], depth + 1)
        if "anyOf" in schema:
            return self._value(self._dice.choice(schema["anyOf"]), depth)
        if "enum" in schema:
            return self._dice.choice(schema["enum"])
        kind = schema["type"] if isinstance(schema["type"], str) else self._dice.choice(schema["type"])
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return [self._value(schema["items"], depth + 1) for _ in range(self._dice.randint(0, 2))]
        return self._plain(kind, schema.get("format"))

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        names = [name for name in schema["properties"] if not name.startswith("@") and depth < DEEPEST]
        return {name: self._value(schema["properties"][name], depth + 1) for name in names if self._dice.random() < 0.6}

    def _plain(self, kind: str, form: str | None) -> Any:
        if kind == "string":
            dates = {"date-time": "2027-03-01T09:00:00Z", "date": "2027-03-01"}
            return dates[form] if form else self._dice.choice(WORDS)
        return {"boolean": True, "integer": self._dice.choice((-5, 0, 1, 9)), "number": 1.5, "null": None}[kind]
