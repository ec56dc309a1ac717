"""Open questions to talk about, one for each meeting in turn."""

from __future__ import annotations

from pathlib import Path

from agent.resources import data_dir


def questions(language: str, decks: Path | None = None) -> tuple[str, ...]:
    """Give a language's questions in the order they are asked in, the deployment's own before the shipped ones."""
    shipped = data_dir("config") / "questions" / f"{language}.txt"
    own = decks / shipped.name if decks is not None else shipped
    return _lines(own) if own.is_file() and _lines(own) else _lines(shipped)


def _lines(file: Path) -> tuple[str, ...]:
    lines = (line.strip() for line in file.read_text(encoding="utf-8-sig", errors="replace").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def question(language: str, number: int, decks: Path | None = None) -> str:
    """Give the question of a meeting by its number; after the last comes the first again."""
    known = questions(language, decks)
    return known[(number - 1) % len(known)]
