"""The double agrees with the connector because both follow Microsoft, not because they share anything."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.servers.microsoft.graph.routes import OPERATIONS
from tests.servers.microsoft.graph.schema import PLACE, Schema
from tests.servers.microsoft.graph.scopes import ALLOWED

FILES = sorted((Path(__file__).parent / "microsoft").rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_module_of_the_double_imports_attune(path: Path) -> None:
    imported = {
        name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert not {name for name in imported if name.partition(".")[0] in {"agent", "connectors"}}


def test_every_operation_says_which_scopes_allow_it() -> None:
    assert {operation.name for operation in OPERATIONS} == set(ALLOWED)


@pytest.mark.skipif(not PLACE.exists(), reason=f"there is no description of Graph in ../shared/schemas/{PLACE.name}")
def test_an_answer_that_graph_would_not_give_is_noticed() -> None:
    schema = Schema.load()
    assert schema.problem("event", {"subject": "Mentoring", "showAs": "busy"}) is None
    for wrong in (
        {"sujet": "Mentoring"},
        {"showAs": "away"},
        {"start": {"dateTime": 3}},
        {"attendees": [{"role": "x"}]},
    ):
        assert schema.problem("event", wrong)
    assert schema.problem("event.cancel", {"Comment": "x"}) is None
    assert schema.problem("event.cancel", {"Reason": "x"})
