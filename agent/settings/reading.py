"""Reads one YAML file into a document. What cannot be read is a problem of the document, never an exception."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path as FilePath

from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError

from agent.settings import nodes
from agent.settings.document import Document
from agent.settings.errors import Position
from agent.settings.nodes import Composition, Group, Node, Row, Scalar, Unlike
from agent.settings.positions import Marks, Path, spread
from agent.settings.privacy import is_private, private_values
from agent.settings.progress import OFTEN, Passed, silent
from agent.settings.roster import KINDS, Entries, Pile

LARGE = 4_000_000
"""Signs in a file that ruamel.yaml would need minutes for: what libyaml says against it has to do."""

MOST_REPEATED = 500_000
"""Values in one file before it matters that most are repeated by “*”."""

REPEATED = 10
"""Values for each that is written: more than anybody means to repeat."""

LABEL = "label"
"""Key of a boundary's private name."""


def read(home: FilePath, file: str, *, listing: bool = False, passed: Passed = silent) -> Document:
    """Read a file of the deployment; a ``listing`` is a people.yaml, whose lists are kept entry by entry."""
    try:
        text = (home / file).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return _unread(file, "is missing", "write it, or let “attune init” write all three into an empty folder")
    except UnicodeDecodeError:
        return _unread(file, "is not UTF-8 text", "make it a text file that this user may read")
    except OSError as error:
        return _unread(file, f"cannot be read ({error.strerror})", "make it a text file that this user may read")
    return compose(file, text, listing=listing, passed=passed)


def _unread(file: str, why: str, advice: str) -> Document:
    document = Document(file)
    document.report((), f"the file {why}", advice)
    return document


def compose(file: str, text: str, *, listing: bool = False, passed: Passed = silent) -> Document:
    """Make a document of what a file says."""
    lines = text.count("\n") + 1
    builder = partial(_built, file, listing=listing, passed=lambda line: passed(line / lines))
    try:
        if (found := nodes.streamed(text, tags=len(text) > LARGE)) is not None:
            return builder(found)
    except (Unlike, RecursionError) as error:
        if len(text) > LARGE:
            return _not_yaml(file, error)
    try:
        return builder(nodes.composed(text))
    except (YAMLError, RecursionError) as error:
        return _not_yaml(file, error)


def _built(file: str, composition: Composition, *, listing: bool, passed: Passed) -> Document:
    pile = Pile() if listing else None
    document, root = Document(file, roster=pile), composition.root
    if isinstance(root, Group):
        builder = _Builder(document, composition, pile, passed)
        document.data = builder.value(root, ())
        document.places = spread(document.data, builder.marks)
    elif root is not None and not (isinstance(root, Scalar) and root.tag == "null"):
        document.report((), "the file is not a group of keys", "write “key: value” lines", _start(root))
    return document


def _not_yaml(file: str, error: Exception) -> Document:
    """Say where YAML broke off. The parser's own words may repeat what is written, so quoted words are left out."""
    position, words = Position(), "it is nested too deeply or has odd signs"
    if isinstance(error, Unlike):
        position, words = Position(error.line + 1, error.column + 1), error.problem
    elif isinstance(error, MarkedYAMLError):
        mark, words = error.problem_mark, error.problem or ""
        position = Position(mark.line + 1, mark.column + 1) if isinstance(mark, StringMark) else position
    reason = re.sub(r"\s*'[^']{3,}'", "", words) or "it breaks off"
    document = Document(file)
    advice = "look at the colons, quotes and indents here and just above"
    document.report((), f"this is not YAML: {reason}", advice, position)
    return document


def _start(node: Node) -> Position:
    return Position(node.line + 1, node.column + 1)


class _Builder:
    """Turns nodes into plain values and notes where each stands."""

    def __init__(self, document: Document, composition: Composition, pile: Pile | None, passed: Passed) -> None:
        self.document = document
        self.composition = composition
        self.pile = pile
        self.passed = passed
        self.marks = Marks()
        self.open: set[int] = set()
        self.built = 0
        self.refused = False

    def value(self, node: Node, path: Path, at: Node | None = None) -> object:
        """Give a node's value; its place is that of another node where it says nothing itself."""
        self.built += 1
        place = at or node
        self.marks.add(place.line, place.column)
        if self.too_many:
            self.refuse(node)
            return None
        if isinstance(node, Scalar):
            return self.scalar(node, path)
        if id(node) in self.open:
            self.document.report((), "a part of the file holds itself", "write it out without “*”", _start(node))
            return None
        self.open.add(id(node))
        try:
            return self.mapping(node, path) if isinstance(node, Group) else self.sequence(node, path)
        finally:
            self.open.remove(id(node))

    @property
    def too_many(self) -> bool:
        """Whether so much is repeated that it cannot be meant."""
        return self.built > max(MOST_REPEATED, REPEATED * self.composition.composed)

    def refuse(self, node: Node) -> None:
        """Say so, once."""
        if not self.refused:
            self.document.report((), "the file unfolds to far too much", "write it out without “*”", _start(node))
        self.refused = True

    def sequence(self, node: Row, path: Path) -> object:
        if self.pile is not None and len(path) == 1 and path[0] in KINDS:
            return self.entries(node, str(path[0]), self.pile)
        return [self.value(item, (*path, index)) for index, item in enumerate(node.items) if not self.too_many]

    def entries(self, node: Row, kind: str, pile: Pile) -> Entries:
        """Keep a list item by item, each with marks of its own."""
        marks = self.marks
        for index, item in enumerate(node.items):
            self.marks = Marks()
            if index % OFTEN == 0:
                self.passed(item.line)
            pile.add(kind, self.value(item, (kind, index)), self.marks)
        self.marks = marks
        self.document.entries[kind] = Entries(pile, kind)
        return self.document.entries[kind]

    def mapping(self, node: Group, path: Path) -> dict[str, object]:
        found: dict[str, object] = {}
        lines: dict[str, int] = {}
        for key, item in node.items:
            if not isinstance(key, Scalar):
                self.document.report(path, "a key is not a plain word", "write “key: value”", _start(key))
                continue
            name, here = key.value, (*path, key.value)
            if name in found:
                wrong = f"this key is given a second time, first on line {lines[name]}"
                self.document.report(here, wrong, "keep one of the two", _start(key))
                continue
            lines[name] = key.line + 1
            self.marks.add(key.line, key.column)
            empty = isinstance(item, Scalar) and item.is_empty  # an empty value's own mark is on some later line
            end = len(self.marks.numbers) + 2
            found[name] = self.value(item, here, key if empty else None)
            if is_private(name):
                self.document.private |= private_values({name: found[name]})
            if name == LABEL:  # nobody needs it
                found[name] = None
                del self.marks.numbers[end:]
        return found

    def scalar(self, node: Scalar, path: Path) -> object:
        if node.tag in {"str", "timestamp"}:
            return node.value
        if node.tag not in {"int", "float", "bool", "null"}:
            self.document.report(path, "this tag is not understood", "write the value without “!”", _start(node))
            return None
        try:
            return nodes.value_of(node.value, node.tag)
        except (YAMLError, ValueError):
            self.document.report(path, "this number cannot be read", "write it in digits", _start(node))
            return None
