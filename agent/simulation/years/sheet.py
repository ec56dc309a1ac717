"""Writes the page about a simulated programme: one file, complete in itself, readable by day and by night."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from agent.simulation.years.figures import count
from agent.simulation.years.pictures import bars
from agent.simulation.years.trial import Trial

STYLE = """
:root { color-scheme: light dark; --ink: #1c1c1c; --page: #fdfdfb; --bar: #2f6f8f; --line: #767676; --bad: #a3271b }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececec; --page: #16181a; --bar: #7cc0e0; --line: #9a9a9a; --bad: #ff9c8f }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 46rem;
  margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse } td, th { padding: .2rem .8rem .2rem 0; text-align: left }
td:last-child { text-align: right; font-variant-numeric: tabular-nums }
figure { margin: 1.5rem 0 } svg { width: 100%; height: auto } rect { fill: var(--bar) } text { fill: var(--ink);
  font-size: 12px } .axis { stroke: var(--line) } figcaption { font-size: .9rem } .bad { color: var(--bad) }
"""


def write_sheet(trial: Trial, target: Path) -> None:
    """Write it. It names no address outside itself."""
    target.write_text(sheet(trial), encoding="utf-8")


def sheet(trial: Trial) -> str:
    """Give the page."""
    history, figures = trial.history, count(trial)
    title = f"{len(history.relationships)} relationships, {history.weeks} weeks, seed {history.seed}"
    pictures = [
        bars([held for held, _ in figures.weekly], "Meetings held, week by week", "meetings"),
        bars([mails for _, mails in figures.weekly], "Mails sent, week by week", "mails"),
        bars(figures.points, "Burden of each person at the end, lightest first", "points"),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1>{_verdict(trial)}{_table('What became of it', figures.counts)}"
        f"{''.join(pictures)}{_table('What went wrong on purpose', figures.faults)}</body></html>\n"
    )


def _verdict(trial: Trial) -> str:
    if not trial.findings:
        return "<p>Every promise was kept.</p>"
    shown = "".join(
        f"<li>{escape(f.invariant)}: {escape(f.relationship)} {escape(f.what)}</li>" for f in trial.findings[:50]
    )
    return f'<p class="bad">{len(trial.findings)} promises were not kept.</p><ul>{shown}</ul>'


def _table(caption: str, rows: Mapping[str, int]) -> str:
    cells = "".join(f"<tr><td>{escape(what)}</td><td>{number}</td></tr>" for what, number in rows.items())
    return f"<h2>{escape(caption)}</h2><table>{cells}</table>"
