"""Searches everything that was written or sent for text that belongs to one person alone."""

from __future__ import annotations

import html
import re

from .evidence import Evidence
from .findings import Fault, Finding, Findings

MARK = re.compile(r"QX7-\w+")
SHORTEST = 6
"""Characters: shorter texts are found in any file by chance, and carry a mark where they matter."""


def leaks(evidence: Evidence) -> Findings:
    """Every place in which a private text turned up."""
    pattern = _pattern(evidence.private)
    places = [(letter.file, letter.content) for letter in evidence.letters]
    places += [(f"{copy.person} {copy.href}", copy.text) for copy in evidence.copies]
    places += [(path.name, path.read_bytes().decode("utf-8", "replace")) for path in evidence.files]
    for place, text in places:
        for number, _ in enumerate(set(pattern.findall(_bare(text))), 1):
            yield Finding(Fault.LEAK, f"{place}: private text no. {number}")


def _pattern(private: frozenset[str]) -> re.Pattern[str]:
    marks = {mark for text in private for mark in MARK.findall(text)}
    whole = {text for text in private if len(text) >= SHORTEST}
    needles = sorted({" ".join(text.split()).casefold() for text in marks | whole}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, needles)) or r"(?!)")


def _bare(text: str) -> str:
    """Text without what hides it from a plain search: entities, case, folded lines, other white space."""
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    return " ".join(f"{html.unescape(text)}\n{html.unescape(unfolded)}".split()).casefold()
