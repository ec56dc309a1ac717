"""Editors complete the three files from schemas that say what the models say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from agent.resources import data_dir
from agent.settings.reference import page
from agent.settings.schema import generate
from agent.wiring import connector_models


def test_the_shipped_schemas_are_up_to_date() -> None:
    """If this fails: run “attune schema” and commit what it writes."""
    shipped = {path.name: path.read_text(encoding="utf-8") for path in (data_dir("config") / "schema").iterdir()}
    assert shipped == generate(connector_models())


def test_the_page_of_every_option_is_up_to_date() -> None:
    """If this fails: run “attune schema” and commit what it writes."""
    written = (data_dir("config").parent / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert written == page(connector_models())


def test_every_default_and_example_fits_its_own_pattern() -> None:
    """An editor would otherwise underline what the documentation tells people to write."""
    texts = [
        node for text in generate(connector_models()).values() for node in _nodes(json.loads(text)) if "pattern" in node
    ]
    assert len(texts) > 20
    for node in texts:
        shown = [*node.get("examples", ()), *([node["default"]] if isinstance(node.get("default"), str) else ())]
        assert all(re.search(node["pattern"], example) for example in shown), node


def test_every_key_of_ours_is_described_and_no_other_allowed() -> None:
    for text in generate(connector_models()).values():
        for node in _nodes(json.loads(text)):
            if node.get("type") == "object" and "properties" in node:
                assert node["additionalProperties"] is False
    people = json.loads(generate(connector_models())["people.schema.json"])
    boundary = people["$defs"]["BoundaryRule"]["properties"]
    times = {"days", "from", "to", "dates", "weeks", "rrule", "since"}
    assert set(boundary) == times | {"label", "strength", "points"}
    assert all("description" in found for found in boundary.values())


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _nodes(value)
