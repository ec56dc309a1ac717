"""Every language says everything, and nothing that is no longer said."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message

from agent.mail import languages
from agent.mail.languages import SOURCE, available
from agent.settings.places import LANGUAGES
from tests.mail import catalogue

TRANSLATED = [name for name in available() if name != SOURCE]
PLACE = re.compile(r"%\(\w+\)s")
SPOKEN = {"ar": (1, 2)}
"""Plural forms that say one and two by the word itself, without a number."""


def messages(found: Catalog) -> Iterator[Message]:
    return (message for message in found if message.id)


def test_there_are_mails_in_every_language_that_settings_allow() -> None:
    assert set(available()) == set(LANGUAGES)


def test_strings_are_found_in_templates_and_code() -> None:
    """An extractor that silently finds nothing would make every other test here pass."""
    found = {str(message.id) for message in messages(catalogue.sources())}
    assert {"Hello %(name)s,", "Video call", "your own hours"} <= found


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_what_is_said_and_nothing_else(language: str) -> None:
    """Mend it with “python -m tests.mail.catalogue LANGUAGE”."""
    known = {message.id for message in messages(catalogue.read(language))}
    said = {message.id for message in messages(catalogue.sources())}
    assert known - said == set(), "no longer used"
    assert said - known == set(), "not yet in the catalogue"
    assert not catalogue.read(language).obsolete


@pytest.mark.parametrize("language", TRANSLATED)
def test_everything_is_translated_and_nothing_is_a_guess(language: str) -> None:
    found = catalogue.read(language)
    forms = found.num_plurals
    for message in messages(found):
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(strings), f"untranslated: {message.id}"
        assert not message.fuzzy, f"fuzzy: {message.id}"
        assert len(strings) == (forms if message.pluralizable else 1)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_same_places_to_fill(language: str) -> None:
    """A forgotten “%(name)s” would greet nobody, an invented one would stop the mail."""
    for message in messages(catalogue.read(language)):
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for form, string in enumerate(strings):
            spoken = {"%(num)s"} if message.pluralizable and form in SPOKEN.get(language, ()) else set()
            assert set(PLACE.findall(str(string))) | spoken == set(PLACE.findall(str(sources[-1]))), message.id


@pytest.mark.parametrize(
    ("tag", "found", "locale"),
    [
        ("en", "en", "en_GB"),
        ("pt", "pt", "pt_PT"),
        ("pt-BR", "pt", "pt_BR"),
        ("pt_br", "pt", "pt_BR"),
        ("en-US", "en", "en_US"),
        ("PT", "pt", "pt_PT"),
        ("pt-XX-nonsense", "pt", "pt_PT"),
        ("ja", "ja", "ja_JP"),
        ("ar", "ar", "ar"),
        ("de-AT", "de", "de_AT"),
        ("nl", "en", "en_GB"),
        ("", "en", "en_GB"),
        ("../../etc", "en", "en_GB"),
    ],
)
def test_a_language_is_found_by_its_tag_and_english_is_what_is_left(tag: str, found: str, locale: str) -> None:
    language = languages.language(tag)
    assert (language.tag, str(language.locale)) == (found, locale)


def test_plural_forms_are_the_languages_own() -> None:
    words = languages.language("pt").words
    assert words.ngettext("%(num)s minute", "%(num)s minutes", 1) == "%(num)s minuto"
    assert words.ngettext("%(num)s minute", "%(num)s minutes", 5) == "%(num)s minutos"
