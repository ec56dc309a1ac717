"""Bytes to content lines (RFC 5545, section 3.1), whatever encoding, line ends and folding they came with.

Only the properties that place or weigh an event are let through; titles and descriptions are never even decoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FOLD = re.compile(rb"[\r\n]+[ \t]")
_LINE = re.compile(rb"[^\r\n]+")
_NAME = re.compile(rb"[ \t]*(?:[A-Za-z0-9_-]+\.)?([A-Za-z0-9_-]+)")

_PLACING = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "FREEBUSY"})
_KEPT = _PLACING | {
    "BEGIN", "END", "UID", "SEQUENCE", "EXDATE", "RECURRENCE-ID", "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS",
    "ATTENDEE", "ORGANIZER", "TZID", "TZOFFSETFROM", "TZOFFSETTO", "X-LIC-LOCATION",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One property: its name in capitals, its parameters as written, its value."""

    name: str
    params: str
    value: str

    def param(self, name: str) -> str | None:
        """Value of a parameter without its quotes, or None where it is not there."""
        for part in _outside_quotes(self.params, ";"):
            key, equals, value = part.partition("=")
            if equals and key.strip().upper() == name:
                return value.strip().strip('"').strip()
        return None


def lines(data: bytes) -> Iterator[Line]:
    """Unfolded lines of a file, one by one, as far as they matter."""
    # Folding may cut a character in two, so bytes are joined before they are decoded.
    for found in _LINE.finditer(_FOLD.sub(b"", _narrow(data))):
        text = found[0]
        named = _NAME.match(text)
        name = named[1].decode("ascii").upper() if named else ""
        if named and name in _KEPT:
            line = _line(name, _decoded(text[named.end() :]))
            if line is not None:
                yield line


def _narrow(data: bytes) -> bytes:
    """UTF-8 without a mark in front, where the file is UTF-16."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace").encode()
    if b"\0" in data[:4]:
        wide = "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
        return data.decode(wide, "replace").encode().removeprefix(b"\xef\xbb\xbf")
    return data.removeprefix(b"\xef\xbb\xbf")


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _line(name: str, rest: str) -> Line | None:
    """Split what follows a name at the colon that ends its parameters.

    Without a colon it is no property; one that would place an event is kept as unreadable, with an empty value.
    """
    parts = _outside_quotes(rest, ":", limit=1)
    if len(parts) == 1:  # no colon, or one behind a quote that never closes
        parts = rest.split(":", 1)
    if len(parts) == 1:
        return Line(name, "", "?") if name in _PLACING else None
    params = parts[0].strip()
    return Line(name, params, parts[1].strip()) if not params or params[0] == ";" else None


def _outside_quotes(text: str, mark: str, limit: int = -1) -> list[str]:
    """Split at a mark that is not between double quotes."""
    if '"' not in text:
        return text.split(mark, limit)
    parts, start, quoted = [], 0, False
    for position, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character == mark and not quoted:
            parts.append(text[start:position])
            start = position + 1
            if len(parts) == limit:
                break
    return [*parts, text[start:]]
