"""Parses the headers of our messages, each text once: most of them are the same in every mail.

The library makes a class and a parse tree anew for each header of each part, which is most of what a message costs.
A parsed header never changes, so that messages can share it.
"""

from __future__ import annotations

from email.headerregistry import Address, HeaderRegistry
from functools import lru_cache
from typing import Any

_LIBRARY = HeaderRegistry()


class Headers(HeaderRegistry):
    """Gives the headers that the library's own would, and remembers them."""

    def __getitem__(self, name: str) -> Any:
        """Give the class of headers of this name."""
        return _kind(name.lower())

    def __call__(self, name: str, value: Any) -> Any:
        """Give a header of its text, or of what its kind is made of."""
        return _parsed(name, value) if type(value) is str else _kind(name.lower())(name, value)


@lru_cache(maxsize=1024)
def mailbox(header: str, name: str, address: str) -> Any:
    """Give a header (``From``, ``To``) that names one person."""
    return _kind(header.lower())(header, Address(name, addr_spec=address))


@lru_cache(maxsize=512)
def _parsed(name: str, text: str) -> Any:
    return _kind(name.lower())(name, text)


@lru_cache(maxsize=64)
def _kind(name: str) -> Any:
    return _LIBRARY[name]
