"""Plain text: names that stay on their line, and paragraphs of a width that reads well."""

from __future__ import annotations

import re
import textwrap
import unicodedata

WIDTH = 72

_INDENT = re.compile(r"^(?:\s*(?:-|\d+\.) +|\s*)")
_SIGN = r"\u3040-\u30ff\u3400-\u9fff"
_PARTS = re.compile(rf"[{_SIGN}][\u3001\u3002\uff01\uff1f\u300d\uff09\u30fc]*|[^{_SIGN}]+")
"""Signs of Japanese, each with what must not begin a line after it; anything else stays together."""

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of the text after them, for as far as they like."""


def one_line(text: str) -> str:
    """Give a name or title without breaks, control characters, or marks that reach beyond it."""
    kept = "".join(
        " " if unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cs"} else char for char in text if char not in _TURNING
    )
    return " ".join(kept.split())


def wrapped(text: str) -> str:
    """Wrap long lines, a list's under its own text, and never leave more than one line empty."""
    lines = [_wrap(line.rstrip()) for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def _wrap(line: str) -> str:
    found = _INDENT.match(line)
    width = len(found.group()) if found else 0
    return _Wrapper(WIDTH, subsequent_indent=" " * width, break_long_words=False, break_on_hyphens=False).fill(line)


class _Wrapper(textwrap.TextWrapper):
    """Breaks lines at spaces, and where a script is written without them, after any of its signs."""

    def _split(self, text: str) -> list[str]:
        return [part for word in super()._split(text) for part in _PARTS.findall(word)]
