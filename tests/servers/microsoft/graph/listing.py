"""Collections as OData gives them: filtered, ordered, in pages, with the properties that were asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from tests.servers.microsoft.graph import filters
from tests.servers.microsoft.graph.call import Answer, Call
from tests.servers.microsoft.graph.errors import bad_request
from tests.servers.microsoft.graph.extended import expanded

Item = TypeVar("Item")
LARGEST_PAGE = 1_000


def page(
    call: Call,
    base: str,
    items: Iterable[Item],
    write: Callable[[Item], dict[str, Any]],
    *,
    kind: str,
    known: frozenset[str] | None,
    properties: Mapping[str, tuple[filters.Read, filters.Read]],
    extended: Callable[[Item, str], str | None] = lambda _item, _name: None,
    order: Callable[[Item], Any],
    size: int,
) -> Answer:
    """Answer with one page and a link to the next; ``known`` are the properties that may be selected."""
    selected(call, {}, known)
    if clause := call.parameter("$expand"):
        expanded({}, clause)
    found = sorted(items, key=order)
    if clause := call.parameter("$filter"):
        test = filters.parse(clause, properties, extended)
        found = [item for item in found if test(item)]
    if clause := call.parameter("$orderby"):
        found = _ordered(found, clause, properties)
    skip, top = number(call, "$skip", 0), min(number(call, "$top", page_size(call, size)), LARGEST_PAGE)
    body: dict[str, Any] = {"@odata.context": f"{base}/v1.0/$metadata#{kind}s"}
    if call.parameter("$count") == "true":
        body["@odata.count"] = len(found)
    body["value"] = [write(item) for item in found[skip : skip + top]]
    if skip + top < len(found):
        body["@odata.nextLink"] = link(base, call, {"$skip": str(skip + top)})
    return Answer(200, body, kind, call.applied())


def selected(call: Call, whole: dict[str, Any], known: frozenset[str] | None) -> dict[str, Any]:
    """Keep the properties that ``$select`` names, and the id."""
    clause = call.parameter("$select")
    if not clause:
        return whole
    names = [name.strip() for name in clause.split(",")]
    for name in names:
        if known is not None and name not in known:
            raise bad_request(f"Could not find a property named '{name}' on the type.", "RequestBroker--ParseUri")
    kept = {"id", "@odata.etag", "@odata.context", *names}
    return {name: value for name, value in whole.items() if name in kept}


def link(base: str, call: Call, changed: Mapping[str, str]) -> str:
    """Give the address of a request like this one with some parameters changed."""
    pairs = [(name, value) for name, value in call.query if name.lower() not in changed]
    text = "&".join(f"{quote(name, safe='$')}={quote(value, safe='')}" for name, value in [*pairs, *changed.items()])
    return f"{base}{quote(call.path)}?{text}"


def number(call: Call, name: str, default: int) -> int:
    """Read a parameter that is a number."""
    text = call.parameter(name)
    if text is None:
        return default
    if not text.isdecimal() or (name == "$top" and int(text) == 0):
        raise bad_request(f"Invalid value '{text}' for {name} query option found.")
    return int(text)


def page_size(call: Call, default: int) -> int:
    """Read how many items a page may have at most."""
    text = call.preferences.get("odata.maxpagesize", "")
    return min(int(text), default * 5) if text.isdecimal() and int(text) > 0 else default


def _ordered(
    found: Sequence[Item], clause: str, properties: Mapping[str, tuple[filters.Read, filters.Read]]
) -> list[Item]:
    ordered = list(found)
    for part in reversed(clause.split(",")):
        name, _, direction = part.strip().partition(" ")
        if name not in properties or direction.strip().lower() not in {"", "asc", "desc"}:
            raise bad_request(f"The property '{part.strip()}' does not support ordering.", "ErrorInvalidProperty")
        read = properties[name][0]
        ordered.sort(key=lambda item: (read(item) is not None, read(item)), reverse=direction.strip().lower() == "desc")
    return ordered
