"""Draws a simulated programme by hand: bars week by week and burdens side by side, in SVG that dark pages can bear."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT, FOOT = 720, 160, 18


def bars(values: Sequence[float], caption: str, unit: str) -> str:
    """Give a figure with one bar a value, the highest of them as high as the picture, and words for who cannot see."""
    top = max([*values, 1e-9])
    step = WIDTH / max(len(values), 1)
    drawn = "".join(_bar(number, value, top, step, unit) for number, value in enumerate(values))
    said = f"{caption}: from {min(values, default=0):g} to {max(values, default=0):g} {unit}"
    return (
        f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT + FOOT}" role="img" aria-label="{escape(said)}">{drawn}'
        f'<line x1="0" y1="{HEIGHT}" x2="{WIDTH}" y2="{HEIGHT}" class="axis"/>'
        f'<text x="0" y="{HEIGHT + 14}">1</text>'
        f'<text x="{WIDTH}" y="{HEIGHT + 14}" text-anchor="end">{len(values)}</text>'
        f"</svg><figcaption>{escape(said)}</figcaption></figure>"
    )


def _bar(number: int, value: float, top: float, step: float, unit: str) -> str:
    high = value / top * (HEIGHT - 4)
    x, y, wide = number * step + step * 0.1, HEIGHT - high, max(step * 0.8, 0.3)
    title = f"<title>{number + 1}: {value:g} {escape(unit)}</title>"
    return f'<rect x="{x:.2f}" y="{y:.2f}" width="{wide:.2f}" height="{high:.2f}">{title}</rect>'
