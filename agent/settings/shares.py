"""Shares as an administrator writes them: ``20 %``."""

from __future__ import annotations

import re

from agent.settings.mistakes import Mistake, quote

PATTERN = r"^\d{1,3} ?%$"


def parse(value: object) -> float:
    """Read a share of 0 % to 100 % as a number from 0 to 1."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        likely = value * 100 if 0 < value < 1 else value
        raise Mistake(f"{quote(value)} has no percent sign", f"write a share, such as “{likely:g} %”")
    if not re.fullmatch(PATTERN, text):
        raise Mistake(f"{quote(value)} is not a share", "write whole percents, such as “20 %”")
    percents = int(text.rstrip(" %"))
    if percents > 100:
        raise Mistake(f"{quote(value)} is more than all of them", "write at most “100 %”")
    return percents / 100


def spoken(share: float) -> str:
    """Write a share the way ``parse`` reads it, in whole percents."""
    return f"{share * 100:.0f} %"
