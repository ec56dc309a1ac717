"""``$filter``: a small part of OData, and nothing that Outlook would not take.

Comparisons of a few properties, ``and``, ``or``, ``not``, parentheses, and ``any`` over extended properties, as under
"Get singleValueLegacyExtendedProperty".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.servers.microsoft.graph.errors import bad_request

Test = Callable[[Any], bool]
Read = Callable[[Any], Any]

TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|([()])|([A-Za-z][\w/]*(?:\.\w+)?:?)|([\d][\w:.+-]*)|(.))")
EXTENDED = "singlevalueextendedproperties/any"
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "ge": lambda a, b: a is not None and a >= b,
    "gt": lambda a, b: a is not None and a > b,
    "le": lambda a, b: a is not None and a <= b,
    "lt": lambda a, b: a is not None and a < b,
}


def parse(text: str, properties: Mapping[str, tuple[Read, Read]], extended: Callable[[Any, str], str | None]) -> Test:
    """Make a test of an expression.

    ``properties`` says how to read each property from an item, and a literal for it; ``extended`` looks an extended
    property up by its id.
    """
    parser = _Parser(text, properties, extended)
    test = parser.either()
    parser.end()
    return test


class _Parser:
    def __init__(
        self, text: str, properties: Mapping[str, tuple[Read, Read]], extended: Callable[[Any, str], str | None]
    ) -> None:
        self._words = [next(group for group in found.groups() if group) for found in TOKEN.finditer(text.strip())]
        self._properties = properties
        self._extended = extended

    def either(self) -> Test:
        left = self._both()
        while self._skip("or"):
            left = _either(left, self._both())
        return left

    def end(self) -> None:
        if self._words:
            raise self._bad(self._words[0])

    def _both(self) -> Test:
        left = self._one()
        while self._skip("and"):
            left = _both(left, self._one())
        return left

    def _one(self) -> Test:
        if self._skip("not"):
            inner = self._one()
            return lambda item: not inner(item)
        if self._skip("("):
            inside = self.either()
            self._need(")")
            return inside
        word = self._next()
        return self._any() if word.lower() == EXTENDED else self._comparison(word)

    def _comparison(self, name: str) -> Test:
        if name not in self._properties:
            raise bad_request(
                f"Could not find a property named '{name}' that supports filtering.", "ErrorInvalidProperty"
            )
        read, literal = self._properties[name]
        operator = self._next().lower()
        if operator not in COMPARE:
            raise self._bad(operator)
        word = self._next()
        try:
            compare, wanted = COMPARE[operator], literal(_unquoted(word))
        except ValueError:
            raise self._bad(word) from None
        return lambda item: compare(read(item), wanted)

    def _any(self) -> Test:
        """``any(ep: ep/id eq '…' and ep/value eq '…')``: both are needed, and nothing else is taken."""
        self._need("(")
        variable = self._next().removesuffix(":")
        self._skip(":")
        name = self._field(variable, "id")
        self._need("and")
        value = self._field(variable, "value")
        self._need(")")
        return lambda item: self._extended(item, name) == value

    def _field(self, variable: str, name: str) -> str:
        self._need(f"{variable}/{name}")
        self._need("eq")
        word = self._next()
        if not word.startswith("'"):
            raise self._bad(word)
        return _unquoted(word)

    def _next(self) -> str:
        if not self._words:
            raise self._bad("")
        return self._words.pop(0)

    def _skip(self, word: str) -> bool:
        if self._words and self._words[0].lower() == word:
            self._words.pop(0)
            return True
        return False

    def _need(self, word: str) -> None:
        if not self._skip(word.lower()):
            raise self._bad(self._words[0] if self._words else "")

    @staticmethod
    def _bad(word: str) -> Exception:
        return bad_request(f"Invalid filter clause: syntax error at '{word}'.")


def _either(left: Test, right: Test) -> Test:
    return lambda item: left(item) or right(item)


def _both(left: Test, right: Test) -> Test:
    return lambda item: left(item) and right(item)


def _unquoted(word: str) -> str:
    return word[1:-1].replace("''", "'") if word.startswith("'") else word
