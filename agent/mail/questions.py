"""Open questions to talk about, one for each meeting in turn."""

from __future__ import annotations

from functools import lru_cache

from agent.resources import data_dir


@lru_cache(maxsize=16)
def questions(language: str) -> tuple[str, ...]:
    """Give a language's questions, in the order in which they are asked."""
    file = data_dir("config") / "questions" / f"{language}.txt"
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def question(language: str, number: int) -> str:
    """Give the question of a meeting by its number; after the last comes the first again."""
    known = questions(language)
    return known[(number - 1) % len(known)]
