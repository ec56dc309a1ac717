"""A YAML file as nodes that know where they stand.

libyaml parses a file of a hundred thousand pairs in seconds, where ruamel.yaml takes minutes. What a plain word means
is ruamel's to say either way (YAML 1.2). Where the two might differ, or libyaml sees a mistake, it has the last word.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml as libyaml
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

_TAG = "tag:yaml.org,2002:"
_DIFFERENT = re.compile("^%|[\0-\t\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]", re.MULTILINE)
"""Directives, tabs, and signs that end a line in one version of YAML and not in the other."""


class Unlike(Exception):
    """libyaml cannot read this. ``problem`` is in its words and quotes nothing longer than two signs."""

    def __init__(self, problem: str, line: int, column: int) -> None:
        super().__init__(problem)
        self.problem, self.line, self.column = problem, line, column


@dataclass(slots=True)
class Scalar:
    """One value. ``tag`` is short for the tags of YAML itself: ``str``, ``int``, ``null``."""

    value: str
    tag: str
    line: int
    column: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written."""
        return self.value == "" and self.tag == "null"


@dataclass(slots=True)
class Row:
    """A list. Its items may come from the file as they are asked for, once and in order."""

    items: Iterable[Node]
    line: int
    column: int

    def gather(self) -> None:
        """Take all of it from the file now."""
        self.items = list(self.items)


@dataclass(slots=True)
class Group:
    """Keys with their values, which may come from the file as they are asked for, once and in order."""

    items: Iterable[tuple[Node, Node]]
    line: int
    column: int

    def gather(self) -> None:
        """Take all of it from the file now."""
        self.items = list(self.items)


Node = Scalar | Row | Group


@dataclass(slots=True)
class Composition:
    """A file's one node, None where it is empty, and how many nodes were ``composed`` so far."""

    root: Node | None = None
    composed: int = 0


def streamed(text: str, *, tags: bool) -> Composition | None:
    """Compose a file by libyaml, the items of its longest lists as they are asked for; None where ruamel has to.

    Both this and asking for items may raise ``Unlike``, as they do for tags unless these are to be taken as they are.
    """
    parser = getattr(getattr(libyaml, "cyaml", None), "CParser", None)
    if parser is None or _DIFFERENT.search(text):
        return None
    return _Stream(parser(text).get_event, tags).whole()


class _Stream:
    """Turns events into nodes."""

    def __init__(self, event: Callable[[], Any], tags: bool) -> None:
        self._ask = event
        self._tags = tags
        self._anchors: dict[str, Node] = {}
        self._composition = Composition()

    def whole(self) -> Composition:
        self._event()
        start = self._event()
        if not isinstance(start, libyaml.StreamEndEvent):
            self._composition.root = self._root()
        return self._composition

    def _root(self) -> Node:
        root = self._node(self._event(), 2)
        if isinstance(root, Group):
            root.items = self._to_the_end(root.items)
        else:
            self._end()
        return root

    def _to_the_end(self, items: Iterable[tuple[Node, Node]]) -> Iterator[tuple[Node, Node]]:
        yield from items
        self._end()

    def _end(self) -> None:
        self._event()
        if not isinstance(event := self._event(), libyaml.StreamEndEvent):
            raise Unlike("but found another document", event.start_mark.line, event.start_mark.column)

    def _event(self) -> Any:
        try:
            return self._ask()
        except libyaml.MarkedYAMLError as error:
            mark = error.problem_mark
            raise Unlike(error.problem or "", mark.line if mark else 0, mark.column if mark else 0) from None
        except libyaml.YAMLError:
            raise Unlike("it has odd signs", 0, 0) from None

    def _node(self, event: Any, lazily: int = 0) -> Node:
        """Compose a node; what is ``lazily`` levels deep at the most is left to whoever asks for it."""
        mark, kind = event.start_mark, type(event)
        if kind is libyaml.AliasEvent:
            if event.anchor not in self._anchors:
                raise Unlike("found undefined alias", mark.line, mark.column)
            return self._anchors[event.anchor]
        if event.tag is not None and not self._tags:
            raise Unlike("it has a tag", mark.line, mark.column)
        self._composition.composed += 1
        node: Node
        if kind is libyaml.ScalarEvent:
            tag = _tag(event.value, event.implicit[0]) if event.tag in {None, "!"} else str(event.tag)
            node = Scalar(event.value, tag.removeprefix(_TAG), mark.line, mark.column)
        elif kind is libyaml.SequenceStartEvent:
            node = Row(self._items(), mark.line, mark.column)
        else:
            node = Group(self._pairs(lazily), mark.line, mark.column)
        if event.anchor:
            self._anchors[event.anchor] = node
        if not isinstance(node, Scalar) and (lazily <= 0 or event.anchor):
            node.gather()
        return node

    def _items(self) -> Iterator[Node]:
        while type(event := self._event()) is not libyaml.SequenceEndEvent:
            yield self._node(event)

    def _pairs(self, lazily: int) -> Iterator[tuple[Node, Node]]:
        while type(event := self._event()) is not libyaml.MappingEndEvent:
            key, event = self._node(event), self._event()
            value = self._node(event, lazily - 1)
            yield key, value
            if lazily > 1 and not isinstance(value, Scalar) and not event.anchor:
                value.gather()  # what nobody has asked for is still in front of the next key


_RUAMEL = YAML(typ="safe", pure=True)


@lru_cache(maxsize=65536)
def _tag(value: str, plain: bool) -> str:
    return str(_RUAMEL.resolver.resolve(ScalarNode, value, (plain, not plain)))


@lru_cache(maxsize=4096)
def value_of(value: str, tag: str) -> object:
    """Give what a number, a truth or nothing is; raises one of ruamel's errors or ``ValueError``."""
    return YAML(typ="safe", pure=True).constructor.construct_object(ScalarNode(_TAG + tag, value))


def composed(text: str) -> Composition:
    """Compose a file by ruamel, whole. Raises its ``YAMLError`` or ``RecursionError``."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an anchor used twice is allowed
        root = YAML(typ="safe", pure=True).compose(text)
    known: dict[int, Node] = {}
    return Composition(None if root is None else _of_ruamel(root, known), len(known))


def _of_ruamel(node: Any, known: dict[int, Node]) -> Node:
    if id(node) in known:
        return known[id(node)]
    line, column = node.start_mark.line, node.start_mark.column
    found: Node
    if isinstance(node, MappingNode):
        known[id(node)] = found = Group([], line, column)
        found.items = [(_of_ruamel(key, known), _of_ruamel(value, known)) for key, value in node.value]
    elif isinstance(node, SequenceNode):
        known[id(node)] = found = Row([], line, column)
        found.items = [_of_ruamel(item, known) for item in node.value]
    else:
        known[id(node)] = found = Scalar(str(node.value), str(node.tag).removeprefix(_TAG), line, column)
    return found
