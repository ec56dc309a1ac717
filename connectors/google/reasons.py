"""The words by which Google says why; its sentences may name what is private, and are never repeated."""

from __future__ import annotations


def word(value: object) -> str:
    """Give a provider's code for why, where it is one; empty where it might say more than that."""
    return value if isinstance(value, str) and len(value) <= 40 and value.replace("_", "").isalnum() else ""
