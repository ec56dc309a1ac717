"""A file says the same, at the same places, whichever parser reads it; only one of them is fast."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, strategies

from agent.resources import data_dir
from agent.settings import nodes, reading
from agent.settings.document import Document
from agent.settings.reading import compose
from tests.settings.deployment_files import ATTUNE, PEOPLE, POLICY

ODD = (
    "", " ", "\n", "\n\n", "\t", "  - ", "- ", ": ", ":", ", ", "#", " # a remark\n", "'", '"', "[", "]", "{", "}",
    "&a ", "*a", "<<: *a\n", "!", "!!str ", "!!int x", "!own ", "|\n  ", ">-\n  ", "? ", "%", "---\n", "...\n",
    "null", "on", "010", "0o17", "1_000", "1e3", ".inf", "15:00", "2027-01-04", "é", "\u0085", "\u2028", "\ufeff",
    "\x07", "label: x", "password: y", "id: a\n", "people:\n", "pairs: []\n", "{}", "[]", "~",
)  # fmt: skip
"""What hands and editors leave in files, and all that the two parsers might see differently."""


def by_ruamel(text: str) -> Document:
    with mock.patch.object(nodes, "streamed", return_value=None):
        return compose("people.yaml", text, listing=True)


def told(document: Document) -> object:
    """All that a document says: values, places and problems of everything, entry by entry."""
    entries = {
        key: [(listed[index], listed.places(index)) for index in range(len(listed))]
        for key, listed in document.entries.items()
    }
    bare = {key: value for key, value in document.data.items() if key not in entries}  # type: ignore[attr-defined]
    return entries, bare, document.places, document.problems, document.private


@pytest.mark.parametrize("text", [ATTUNE, POLICY, PEOPLE, "", "# nothing\n", "- one\n", "x: &a [1]\npeople: [*a]\n"])
def test_both_parsers_read_the_examples_alike(text: str) -> None:
    assert told(compose("people.yaml", text, listing=True)) == told(by_ruamel(text))


@pytest.mark.parametrize(
    "file", sorted(data_dir("config").glob("d*/*.yaml")), ids=lambda file: file.parent.name + file.name
)
def test_both_parsers_read_the_shipped_files_alike(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert told(compose("people.yaml", text, listing=True)) == told(by_ruamel(text))


@given(
    strategies.lists(
        strategies.tuples(
            strategies.integers(0, len(PEOPLE)), strategies.integers(0, 12), strategies.sampled_from(ODD)
        ),
        min_size=1,
        max_size=3,
    )
)
def test_both_parsers_read_a_file_alike_whatever_was_done_to_it(changes: list[tuple[int, int, str]]) -> None:
    text = PEOPLE
    for start, length, odd in changes:
        text = text[:start] + odd + text[start + length :]
    assert told(compose("people.yaml", text, listing=True)) == told(by_ruamel(text))


def test_a_large_file_that_breaks_off_is_named_by_the_fast_parser_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one would need minutes to say the same."""
    monkeypatch.setattr(reading, "LARGE", 10)
    monkeypatch.setattr(nodes, "composed", None)
    (problem,) = compose("people.yaml", "people:\n  - {id: [one\n", listing=True).problems
    assert (problem.position.line, "this is not YAML" in problem.wrong) == (3, True)


def test_a_label_is_read_over_and_what_follows_is_still_found_where_it_stands() -> None:
    document = compose("people.yaml", "people: [{boundaries: [{label: {a: [b]}, days: mon}], id: x}]\n", listing=True)
    assert document.at(("people", 0, "boundaries", 0, "label")) is None
    assert document.position(("people", 0, "boundaries", 0, "days")).column == 48
    assert document.private == {"b"}
