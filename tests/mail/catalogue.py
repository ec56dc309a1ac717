"""The strings of mails as they stand in templates and code, and a language's catalogue brought up to date with them.

    python -m tests.mail.catalogue pt

adds what is new to that language's file, untranslated, and takes out what is no longer used.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from agent.mail.languages import catalogue_path
from agent.resources import data_dir

NOISE = tuple(
    f'"{name}' for name in ("Project-Id", "Report-", "POT-", "PO-", "Last-", "Language-Team", "Generated-", "MIME-")
)
"""Headers that say nothing, or change whenever the file is written."""

ROOT = Path(__file__).resolve().parents[2]


def sources() -> Catalog:
    """Give every string that a reader may see."""
    found = Catalog(project="Attune", charset="utf-8")
    places = (
        (data_dir("templates") / "email", [("**.j2", "jinja2.ext:babel_extract")]),
        (ROOT / "agent" / "mail", [("**.py", "python")]),
    )
    options = {"**.j2": {"trimmed": "true", "silent": "false"}}
    keywords: dict[str, tuple[int, ...] | None] = {"_": None, "gettext": None, "say": None, "ngettext": (1, 2)}
    for folder, methods in places:
        for file, line, message, _comments, context in extract_from_dir(folder, methods, options, keywords):
            found.add(message, locations=[(f"{folder.name}/{Path(file).as_posix()}", line)], context=context)
    return found


def read(language: str) -> Catalog:
    """Give a language's catalogue as it stands."""
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language, domain="attune")


def update(language: str) -> None:
    """Bring a language's catalogue up to date."""
    path = catalogue_path(language)
    catalogue = read(language) if path.exists() else Catalog(locale=language, fuzzy=False)
    catalogue.update(sources(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.header_comment = f"# Attune's mails: {catalogue.locale.english_name if catalogue.locale else language}."
    written = BytesIO()
    write_po(written, catalogue, width=110, include_lineno=False, sort_by_file=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = written.getvalue().decode().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(NOISE)), encoding="utf-8")


if __name__ == "__main__":
    update(sys.argv[1])
