"""``attune schema``: the generated JSON Schemas and reference page, written anew. For those who change the models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    folder: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where to; without it config/schema of the checkout.")
    ] = None,
) -> None:
    """Write the JSON Schemas of attune.yaml, policy.yaml and people.yaml, and in a checkout the page of every option.

    In a deployment, run it after an upgrade, so that editors know the new keys. In a checkout, run it after a change
    of the settings models; a test fails while the shipped ones are stale.

    \b
    Example:
      attune schema
      attune schema --out mentoring/.attune/schema
    """
    from agent.resources import data_dir
    from agent.settings.reference import page
    from agent.settings.schema import generate
    from agent.wiring import connector_models

    target = folder or data_dir("config") / "schema"
    texts = {target / name: text for name, text in generate(connector_models()).items()}
    if folder is None and (docs := data_dir("config").parent / "docs").is_dir():
        texts[docs / "configuration.md"] = page(connector_models())
    target.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
        typer.echo(str(path))
