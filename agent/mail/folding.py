"""Writes headers that hold people's words so that they arrive whole, whatever those words are.

The library's own way of folding structured headers loses characters of long names with marks or quotation marks in
them. A name or subject is therefore written here: as it stands where it is plain, else as encoded words (RFC 2047).
"""

from __future__ import annotations

import re
import textwrap
from email.header import Header
from email.policy import EmailPolicy
from typing import Any

from agent.mail.headers import Headers

WIDTH = 76

_PLAIN = re.compile(r"[\x20-\x7e]*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/^_`{|}~ -]+")
_LONG_WORD = re.compile(r"\S{50}")


class MailPolicy(EmailPolicy):
    """The policy of our messages: lines end as SMTP wants them, and names and subjects are folded here."""

    def fold(self, name: str, value: Any) -> str:
        """Give a header as its lines."""
        if name in {"From", "To"}:
            lines = [_address(name, address.display_name, address.addr_spec) for address in value.addresses]
            return ",\r\n ".join(lines) + "\r\n"
        if name == "Subject":
            return _folded(f"{name}: {_encoded(str(value), len(name) + 2)}")
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Give a header as its lines, in bytes."""
        return self.fold(name, value).encode("ascii", "surrogateescape")


POLICY = MailPolicy(linesep="\r\n", max_line_length=78, cte_type="7bit", header_factory=Headers())


def _address(header: str, name: str, address: str) -> str:
    before = f"{header}: "
    if not _ATOMS.fullmatch(name) or "=?" in name or _LONG_WORD.search(name):
        name = Header(name, "utf-8", maxlinelen=WIDTH, header_name=header).encode(linesep="\r\n")
    return _folded(f"{before}{name} <{address}>").removesuffix("\r\n")


def _encoded(text: str, before: int) -> str:
    """A text for an unstructured header; ``before`` is what already stands on its first line."""
    if _PLAIN.fullmatch(text) and "=?" not in text and not _LONG_WORD.search(text):
        return text
    return Header(text, "utf-8", maxlinelen=WIDTH, header_name=" " * before).encode(linesep="\r\n")


def _folded(header: str) -> str:
    """Break a header at spaces, never within a word."""
    lines = [
        piece
        for line in header.split("\r\n")
        for piece in textwrap.wrap(
            line, WIDTH, initial_indent="", subsequent_indent=" ", break_long_words=False, break_on_hyphens=False
        )
    ]
    return "\r\n".join(line if i == 0 else f" {line.lstrip()}" for i, line in enumerate(lines)) + "\r\n"
