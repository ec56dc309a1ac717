"""The documentation names what there is: commands, JSON objects, decisions, and only files that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from agent.cli.app import COMMANDS
from agent.core.layers import Kind

ROOT = Path(__file__).parents[1]
LEVELS = {"info", "warning", "error"}
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_every_command_is_documented() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for entry in COMMANDS:
        assert entry.hidden or f"| `attune {entry.name}" in page


def test_every_command_with_json_has_its_object_described() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for entry in COMMANDS:
        source = (ROOT / (entry.module.replace(".", "/") + ".py")).read_text(encoding="utf-8")
        assert ("AsJson" in source) == (f"### {entry.name}\n" in page), entry.name


def test_every_kind_of_reason_is_described() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert not [kind for kind in Kind if f"`{kind}`" not in page]


def logged(file: Path) -> set[str]:
    """The events that a module says, where their words stand in it."""
    calls = (node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    said = (call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in LEVELS and call.args)
    about = (call.args[0] for call in said if "logger" in ast.unparse(call.func))
    return {str(first.value) for first in about if isinstance(first, ast.Constant)}


def test_every_event_of_the_log_is_described() -> None:
    """Whoever reads a line in the night finds what it means."""
    files = [file for folder in ("agent", "connectors") for file in (ROOT / folder).rglob("*.py")]
    events = {event for file in files if "simulation" not in file.parts for event in logged(file)}
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert "sweep failed" in events
    assert not [event for event in sorted(events) if f"`{event}`" not in page]


def test_every_decision_is_listed() -> None:
    index = (ROOT / "docs" / "adr" / "index.md").read_text(encoding="utf-8")
    pages = {path.name for path in (ROOT / "docs" / "adr").glob("[0-9]*.md")}
    assert set(re.findall(r"\((\d{4}[^)]*)\)", index)) == pages


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
