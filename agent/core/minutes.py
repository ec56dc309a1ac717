"""Sets of minutes, and of starts, as the bits of one integer: bit ``k`` is the ``k``-th of them.

A year of minutes is half a million bits, and Python joins, cuts and shifts those at memory speed. What would be a loop
over days, rules or candidates is a handful of operations here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agent.core.timespan import Run, Span


def ones(count: int) -> int:
    """The first ``count`` bits; none where that is not positive."""
    return (1 << count) - 1 if count > 0 else 0


def filled(spans: Iterable[Span], window: Span) -> int:
    """Minutes of a window that lie in one of the spans."""
    inside = [(max(span.start, window.start), min(span.end, window.end)) for span in spans if span.touches(window)]
    first = min((start for start, _ in inside), default=window.start)
    mask = 0
    for start, end in inside:
        mask |= ones(end - start) << (start - first)
    return mask << (first - window.start)


def stretches(mask: int) -> Iterator[tuple[int, int]]:
    """Runs of set bits as (first, one past the last), in order."""
    text = f"{mask:b}"[::-1] + "0"
    end = 0
    while (first := text.find("1", end)) >= 0:
        end = text.index("0", first)
        yield first, end


def as_run(mask: int, start: int) -> Run:
    """The same minutes as spans; bit 0 is the minute ``start``."""
    return tuple(Span(start + first, start + end) for first, end in stretches(mask))


def tiled(pattern: int, period: int, length: int) -> int:
    """Repeat the first ``period`` bits over ``length`` bits."""
    mask, width = pattern & ones(period), period
    while width < length:
        mask |= mask << width
        width *= 2
    return mask & ones(length)


def beginnings(mask: int, length: int) -> int:
    """Bits from which on ``length`` bits in a row are set: the starts of all stretches long enough."""
    known = 1
    while known < length:
        step = min(known, length - known)
        mask &= mask >> step
        known += step
    return mask


def every(mask: int, step: int, count: int) -> int:
    """Bits 0, ``step``, 2·``step`` … of a mask, close together; ``count`` of them.

    Every eighth of them sits at the same bit of a byte, ``step`` bytes apart: eight slices have them all.
    """
    if count <= 0:
        return 0
    data = (mask & ones((count - 1) * step + 1)).to_bytes(step * (-(-count // 8)), "little")
    found = bytearray(8 * (-(-count // 8)))
    for place in range(8):
        byte, bit = divmod(place * step, 8)
        found[place::8] = data[byte::step].translate(_BIT[bit])
    found.reverse()
    return int(found, 2)


_BIT = tuple(bytes(48 + (byte >> bit & 1) for byte in range(256)) for bit in range(8))
"""For each bit of a byte a table that turns every byte into that digit."""


def places(mask: int) -> Iterator[int]:
    """Numbers of the set bits, in order."""
    text = format(mask, "b")[::-1]
    at = text.find("1")
    while at >= 0:
        yield at
        at = text.find("1", at + 1)


def first_places(mask: int, count: int) -> int:
    """The first ``count`` set bits of a mask, and no others."""
    width = 64
    while width < mask.bit_length() and (mask & ones(width)).bit_count() < count:
        width *= 2
    found, near = 0, mask & ones(width)  # what follows takes time for every bit
    for _ in range(count):
        lowest = near & -near
        found |= lowest
        near ^= lowest
    return found
