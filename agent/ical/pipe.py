"""Messages between two processes: each its length in four bytes, then its content."""

from __future__ import annotations

import struct
from io import FileIO

_LENGTH = struct.Struct("!I")


def send(pipe: FileIO, message: bytes) -> None:
    """Write one message whole. Raises ``OSError`` where nobody reads any more."""
    for part in (_LENGTH.pack(len(message)), message):
        left = memoryview(part)
        while left:
            left = left[pipe.write(left) :]


def receive(pipe: FileIO) -> bytes | None:
    """Read one message; None where the other side has ended."""
    head = _exactly(pipe, _LENGTH.size)
    return None if head is None else _exactly(pipe, _LENGTH.unpack(head)[0])


def _exactly(pipe: FileIO, size: int) -> bytes | None:
    parts: list[bytes] = []
    while size:
        part = pipe.read(min(size, 1 << 20))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
