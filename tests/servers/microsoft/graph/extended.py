"""Extended properties: how they are named, and compared.

Documented under "Outlook extended properties overview".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.servers.microsoft.graph.errors import bad_request

NAMED = re.compile(r"(String|Integer|Boolean|SystemTime|CLSID|Double) \{([0-9A-Fa-f-]{36})\} (Name|Id) (\S.*)")
TAGGED = re.compile(r"(String|Integer|Boolean|SystemTime|Binary) (0x[0-9A-Fa-f]{1,8})")
EXPAND = re.compile(r"singleValueExtendedProperties\(\$filter=(.+)\)", re.IGNORECASE)
WANTED = re.compile(r"id eq '([^']+)'")
INTERNET_HEADERS = "00020386-0000-0000-c000-000000000046"
"""The set in which Outlook keeps the headers of a message that begin with ``X-``."""


def key(name: str) -> str:
    """Give the form in which two names of the same property are equal; refuse what is no name."""
    if found := NAMED.fullmatch(name):
        kind, group, by, word = found.groups()
        folded = word.lower() if group.lower() == INTERNET_HEADERS else word
        return f"{kind} {{{group.lower()}}} {by} {folded}"
    if TAGGED.fullmatch(name):
        return name
    raise bad_request(f"The extended property id '{name}' is not valid.", "ErrorInvalidExtendedProperty")


def header(name: str) -> str:
    """Name the property in which a message's header is kept."""
    return key(f"String {{{INTERNET_HEADERS}}} Name {name}")


def read(properties: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Read ``singleValueExtendedProperties`` of a body."""
    found: dict[str, str] = {}
    for it in properties:
        if not it.get("id") or it.get("value") is None:
            raise bad_request("An extended property needs an id and a value.", "ErrorInvalidExtendedProperty")
        found[key(it["id"])] = it["value"]
    return found


def expanded(kept: Mapping[str, str], expand: str) -> list[dict[str, str]]:
    """Give the properties that ``$expand`` asks for; it has to name each of them."""
    found = EXPAND.fullmatch(expand.strip())
    if found is None:
        raise bad_request("Extended properties are expanded with a $filter on their id.", "ErrorInvalidRequest")
    names = WANTED.findall(found[1])
    if not names or re.sub(r"\s+or\s+", " or ", found[1].strip()) != " or ".join(f"id eq '{name}'" for name in names):
        raise bad_request(f"Invalid filter clause in $expand: '{found[1]}'.")
    return [{"id": name, "value": kept[key(name)]} for name in names if key(name) in kept]
