"""What is wrong with one value, in words an administrator can act on."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class Mistake(ValueError):
    """A value that cannot stand: what is wrong, and what to write instead.

    ``at`` is the way from the place that raises it down to the value meant, where the two differ.
    """

    def __init__(self, wrong: str, advice: str, at: tuple[str | int, ...] = ()) -> None:
        super().__init__(f"{wrong}; {advice}")
        self.wrong = wrong
        self.advice = advice
        self.at = at


def quote(value: object) -> str:
    """Name a value in a sentence: a scalar in quotes and cut to 40 characters, of anything else only its kind."""
    if value is None:
        return "nothing"
    if isinstance(value, (dict, list)):
        return "a list" if isinstance(value, list) else "a group of keys"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    shown = " ".join(text.split())
    return f"“{shown[:39]}…”" if len(shown) > 40 else f"“{shown}”"


def nearest(word: str, choices: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Give the choice that a misspelt word most likely meant, case aside; None where nothing is close."""
    by_folded = {choice.casefold(): choice for choice in sorted(choices)}
    found = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[found[0]] if found else None


def suggestion(word: object, choices: Iterable[str], otherwise: str) -> str:
    """Advise the nearest choice, or something else where nothing is near."""
    near = nearest(word, choices) if isinstance(word, str) else None
    return f"did you mean “{near}”?" if near else otherwise
