"""One YAML file as plain values, with the line and column of everything in it."""

from __future__ import annotations

import json
import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from agent.settings.errors import Position, Problem
from agent.settings.privacy import nameless

Path = tuple[str | int, ...]
_TAG = "tag:yaml.org,2002:"


@dataclass
class Document:
    """What one file says. ``data`` is made of dict, list, str, int, float, bool and None; dates stay text."""

    file: str
    data: object = field(default_factory=dict)
    values: dict[Path, Position] = field(default_factory=dict)
    keys: dict[Path, Position] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def position(self, path: Path) -> Position:
        """Where the value at a path stands; where it is not written, the nearest thing around it."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Position())

    def key_position(self, path: Path) -> Position:
        """Where the key at a path stands."""
        return self.keys.get(path) or self.position(path)

    def at(self, path: Path) -> object:
        """Give the value at a path, None where there is none."""
        here = self.data
        for step in path:
            inside = step in here if isinstance(here, dict) else isinstance(here, list) and step in range(len(here))
            if not inside:
                return None
            here = here[step]  # type: ignore[index]  # the line above has asked
        return here

    def report(self, path: Path, wrong: str, advice: str, position: Position | None = None) -> None:
        """Note a problem with what stands at a path."""
        place = position or self.position(path)
        self.problems.append(Problem(self.file, place, spoken_path(nameless(path)), wrong, advice))


def spoken_path(path: Path) -> str:
    """Write a path the way people read one: ``people[0].availability[1].from``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def read(home: FilePath, file: str) -> Document:
    """Read a file of the deployment. What cannot be read is a problem of the document, never an exception."""
    document = Document(file)
    try:
        text = (home / file).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        document.report(
            (), "the file is missing", "write it, or let “attune init” write all three into an empty folder"
        )
    except (OSError, UnicodeDecodeError) as error:
        reason = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else f"cannot be read ({error.strerror})"
        document.report((), f"the file {reason}", "make it a text file that this user may read")
    else:
        _compose(document, text)
    return document


def recall(file: str, text: str) -> Document:
    """Give a file as it once was, from the JSON of what it said; nothing in it has a position."""
    return Document(file, json.loads(text))


def _compose(document: Document, text: str) -> None:
    yaml = YAML(typ="safe", pure=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an anchor used twice is allowed
            root = yaml.compose(text)
        if isinstance(root, MappingNode):
            document.data = _Builder(document, yaml).value(root, ())
    except (YAMLError, RecursionError) as error:
        _syntax(document, error)
        return
    if root is not None and not isinstance(root, MappingNode) and not str(root.tag).endswith(":null"):
        document.report((), "the file is not a group of keys", "write “key: value” lines", _start(root))


def _syntax(document: Document, error: Exception) -> None:
    """Say where YAML broke off. The parser's own words may repeat what is written, so quoted words are left out."""
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    known = isinstance(mark, StringMark)
    position = Position(mark.line + 1, mark.column + 1) if known and mark else Position()
    words = (error.problem or "") if isinstance(error, MarkedYAMLError) else "it is nested too deeply or has odd signs"
    reason = re.sub(r"\s*'[^']{3,}'", "", words) or "it breaks off"
    document.report(
        (), f"this is not YAML: {reason}", "look at the colons, quotes and indents here and just above", position
    )


def _start(node: Node) -> Position:
    return Position(node.start_mark.line + 1, node.start_mark.column + 1)


MOST_VALUES = 500_000
"""Values in one file, those that “*” repeats counted each time; a programme of 10,000 people has fewer."""


class _Builder:
    """Turns nodes into plain values and notes where each stands."""

    def __init__(self, document: Document, yaml: YAML) -> None:
        self.document = document
        self.yaml = yaml
        self.open: set[int] = set()
        self.built = 0

    def value(self, node: Node, path: Path) -> object:
        self.built += 1
        if self.built > MOST_VALUES:
            if self.built == MOST_VALUES + 1:
                self.document.report((), "the file unfolds to far too much", "write it out without “*”", _start(node))
            return None
        self.document.values.setdefault(path, _start(node))
        if id(node) in self.open:
            self.document.report((), "a part of the file holds itself", "write it out without “*”", _start(node))
            return None
        self.open.add(id(node))
        try:
            if isinstance(node, MappingNode):
                return self.mapping(node, path)
            return self.sequence(node, path) if isinstance(node, SequenceNode) else self.scalar(node, path)
        finally:
            self.open.remove(id(node))

    def sequence(self, node: SequenceNode, path: Path) -> list[object]:
        items = node.value if self.built <= MOST_VALUES else []
        return [self.value(item, (*path, index)) for index, item in enumerate(items)]

    def mapping(self, node: MappingNode, path: Path) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, item in node.value:
            if not isinstance(key, ScalarNode):
                self.document.report(path, "a key is not a plain word", "write “key: value”", _start(key))
                continue
            name = str(key.value)
            here = (*path, name)
            if name in found:
                first = self.document.keys[here].line
                self.document.report(
                    here, f"this key is given a second time, first on line {first}", "keep one of the two", _start(key)
                )
                continue
            self.document.keys[here] = _start(key)
            if _is_empty(item):
                self.document.values[here] = _start(key)  # an empty value's own mark is on some later line
            found[name] = self.value(item, here)
        return found

    def scalar(self, node: Node, path: Path) -> object:
        kind = str(node.tag).removeprefix(_TAG)
        if kind in {"str", "timestamp"}:
            return str(node.value)
        if kind not in {"int", "float", "bool", "null"}:
            self.document.report(path, "this tag is not understood", "write the value without “!”")
            return None
        try:
            return self.yaml.constructor.construct_object(node)
        except (YAMLError, ValueError):
            self.document.report(path, "this number cannot be read", "write it in digits")
            return None


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value == "" and str(node.tag) == f"{_TAG}null"
