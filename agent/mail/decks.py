"""Decks of questions for two people to answer both: what ships in ``config/decks``, and a deployment's own.

A deck is a folder with one file a language. Every file has a title and, for each of three depths, questions by number;
a number means the same question in every language, so that each can read it in their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from agent.resources import data_dir

DEPTHS = (1, 2, 3)
"""From what one tells a colleague to what one tells few people."""


@dataclass(frozen=True, slots=True)
class Deck:
    """The questions of one deck in one language, by depth and then by number."""

    name: str
    title: str
    questions: Mapping[int, Mapping[int, str]]


class DeckBroken(Exception):
    """A file is no deck; the message says which, and what is wrong."""


def decks(language: str, own: Path | None = None) -> Mapping[str, Deck]:
    """Give a language's decks by name, a deployment's own before the shipped one of its name.

    One of its own that cannot be read is left out; ``read`` says what is wrong with it.
    """
    return {name: deck for name, file in _files(language, own) if (deck := _whole(file)) is not None}


def read(file: Path) -> Deck:
    """Read one file. Raises ``DeckBroken``."""
    place = f"decks/{file.parent.name}/{file.name}"
    try:
        said = YAML(typ="safe").load(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise DeckBroken(f"{place}: cannot be read ({type(error).__name__})") from error
    if not isinstance(said, dict) or not isinstance(said.get("title"), str):
        raise DeckBroken(f"{place}: a deck needs a title, and questions under 1, 2 and 3")
    questions = {depth: said.get(depth) or {} for depth in DEPTHS}
    for depth, found in questions.items():
        if not isinstance(found, dict):
            raise DeckBroken(f"{place}: under {depth} stands no list of numbers, each with its question")
        if odd := [number for number, text in found.items() if not _asks(number, text)]:
            raise DeckBroken(f"{place}: {odd[0]} is no number with a question of one line")
    return Deck(file.parent.name, said["title"], questions)


def _asks(number: object, text: object) -> bool:
    return isinstance(number, int) and isinstance(text, str) and bool(text.strip()) and "\n" not in text


def _files(language: str, own: Path | None) -> Iterator[tuple[str, Path]]:
    for folder in (data_dir("config") / "decks", own):
        for file in sorted(folder.glob(f"*/{language}.yaml")) if folder is not None else ():
            yield file.parent.name, file


def _whole(file: Path) -> Deck | None:
    try:
        return _read_once(file, file.stat().st_mtime_ns)
    except (OSError, DeckBroken):
        return None


@lru_cache(maxsize=256)
def _read_once(file: Path, _changed: int) -> Deck:
    return read(file)
