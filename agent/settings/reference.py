"""The reference page of every option, made from the same models that check the files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from agent.settings.models import FILES, ConnectorModels
from agent.settings.schema import generate, schema_name

Node = dict[str, Any]

HEAD = """\
# Every option

Made from the settings models by `attune schema`; a test fails while it is stale. What has no default must be written.
Paths are relative to the deployment folder. `attune check` names every mistake with its line and column.
"""


def page(connectors: ConnectorModels) -> str:
    """Give the page as Markdown, the same on every run."""
    schemas = generate(connectors)
    parts = [_part(file, json.loads(schemas[schema_name(file)])) for file in FILES]
    return "\n".join([HEAD, *parts])


def _part(file: str, schema: Node) -> str:
    rows = dict.fromkeys(_rows(schema, "", schema.get("$defs", {})))
    return "\n".join([f"## {file}", "", "| key | default | what it is |", "|---|---|---|", *rows, ""])


def _rows(node: Node, path: str, definitions: Node) -> Iterator[str]:
    required = node.get("required", ())
    for key, written in node.get("properties", {}).items():
        option = _resolved(written, definitions)
        if description := option.get("description"):
            yield f"| `{path}{key}` | {_default(option, key in required)} | {_cell(description)} |"
        for inner, mark in _inside(option, definitions):
            yield from _rows(inner, f"{path}{key}{mark}.", definitions)


def _inside(option: Node, definitions: Node) -> Iterator[tuple[Node, str]]:
    """Give the groups of keys below an option; those of a list are marked."""
    items = option.get("items")
    choices = [items] if items else []
    mark = "[]" if items else ""
    if items:
        choices += _resolved(items, definitions).get("oneOf", [])
    for choice in [option, *option.get("anyOf", [])] if not items else choices:
        found = _resolved(choice, definitions)
        if "properties" in found:
            yield found, mark


def _resolved(node: Node, definitions: Node) -> Node:
    if "$ref" not in node:
        return node
    return {**definitions[node["$ref"].rsplit("/", 1)[-1]], **{k: v for k, v in node.items() if k != "$ref"}}


def _default(option: Node, required: bool) -> str:
    if required:
        return "must be written"
    default = option.get("default")
    if default is None or default in ([], {}):
        return ""
    return f"`{default if isinstance(default, str) else json.dumps(default)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
