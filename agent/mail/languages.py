"""The languages of mails: the words of each, and how it writes dates and times.

English is the language of the templates themselves. Every other language has a catalogue in Babel's PO form below
``templates/locale``; it is read as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from agent.resources import data_dir

DOMAIN = "attune"
SOURCE = "en"
HOME = {"en": "en_GB", "pt": "pt_PT", "es": "es_ES", "fr": "fr_FR", "de": "de_DE", "ja": "ja_JP"}
"""The country whose way of writing dates a language takes where its tag names none."""


@dataclass(frozen=True)
class Language:
    """One reader's language. ``tag`` is what its mails are marked with (BCP 47)."""

    tag: str
    locale: Locale
    words: NullTranslations

    def gettext(self, message: str) -> str:
        """Give a sentence in this language."""
        return self.words.gettext(message)

    @property
    def direction(self) -> str:
        """Which way it is written: ltr or rtl."""
        return self.locale.text_direction


def catalogue_path(language: str) -> Path:
    """Give the file that holds a language's catalogue."""
    return data_dir("templates") / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def available() -> tuple[str, ...]:
    """Give the languages there are mails in, English first."""
    others = sorted(path.parent.parent.name for path in (data_dir("templates") / "locale").glob(f"*/*/{DOMAIN}.po"))
    return (SOURCE, *others)


@lru_cache(maxsize=64)
def language(tag: str) -> Language:
    """Find a person's language by its tag; one that there are no mails in becomes English."""
    base = tag.replace("_", "-").partition("-")[0].lower()
    if base not in available():
        return language(SOURCE)
    return Language(base, _locale(tag, base), _words(base))


def _locale(tag: str, base: str) -> Locale:
    wanted = tag.replace("_", "-") if tag.lower() != base else HOME.get(base, base).replace("_", "-")
    try:
        return Locale.parse(wanted, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(HOME.get(base, base))


def _words(base: str) -> NullTranslations:
    if base == SOURCE:
        return NullTranslations()
    with catalogue_path(base).open("rb") as file:
        catalogue = read_po(file, locale=base)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled, DOMAIN)
