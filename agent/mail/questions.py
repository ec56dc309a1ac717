"""Which question an agenda asks: one for each meeting in turn, the same for everybody, each in their own language."""

from __future__ import annotations

from itertools import chain, zip_longest
from pathlib import Path

from agent.mail.decks import Deck, decks
from agent.mail.languages import SOURCE

FIRST = "first-months"
"""The deck that comes first; after it the others take turns."""

DEPTH = 1
"""How deep to go where nobody has asked for more."""


def in_turn(own: Path | None = None) -> tuple[tuple[str, int], ...]:
    """Give every question, as deck and number, in the order they are asked in; after the last comes the first."""
    known = decks(SOURCE, own)
    first = [(FIRST, number) for number in _numbers(known[FIRST])] if FIRST in known else []
    others = [[(name, number) for number in _numbers(deck)] for name, deck in known.items() if name != FIRST]
    turns = chain.from_iterable(zip_longest(*others))
    return (*first, *(each for each in turns if each is not None))


def question(language: str, number: int, own: Path | None = None) -> str:
    """Give the question of a meeting by its number; in English where the language has none of that number."""
    asked = in_turn(own)
    deck, which = asked[(number - 1) % len(asked)]
    known = decks(language, own).get(deck)
    text = known.questions[DEPTH].get(which) if known is not None else None
    return text or decks(SOURCE, own)[deck].questions[DEPTH][which]


def _numbers(deck: Deck) -> list[int]:
    return sorted(deck.questions[DEPTH])
