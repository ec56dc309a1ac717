"""The page of a mail: well-formed, self-contained, readable in light and dark, and safe whatever people are called."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import html5lib
import pytest

from tests.mail import letters

HOSTILE = '<script>alert(1)</script><img src=x onerror=y> & "O\'Brien"'


def pages() -> list[Any]:
    return [pytest.param(name, shape, id=f"{name}-{shape}") for name in letters.NAMES for shape in ("pair", "circle")]


def page(name: str, shape: str, **other: Any) -> str:
    relationship, reader = (letters.pair(), letters.MENTOR) if shape == "pair" else (letters.circle(), letters.SECOND)
    return letters.html(letters.composed(name, relationship, reader, **other))


@pytest.mark.parametrize(("name", "shape"), pages())
def test_a_page_is_well_formed(name: str, shape: str) -> None:
    html5lib.HTMLParser(strict=True).parse(page(name, shape))


@pytest.mark.parametrize(("name", "shape"), pages())
def test_a_page_asks_for_nothing_outside(name: str, shape: str) -> None:
    """No picture, script, form, link or address: nobody learns that or when it is read."""
    found = page(name, shape)
    assert not re.search(r"<(?:img|script|link|iframe|form|input|object|svg|a)\b", found, re.IGNORECASE)
    assert not re.search(r"https?:|//\w|url\(|@import|\bon\w+=", found, re.IGNORECASE)


@pytest.mark.parametrize(("name", "shape"), pages())
def test_a_page_is_small_and_legible(name: str, shape: str) -> None:
    found = page(name, shape)
    assert len(found.encode()) < 60_000
    assert found.encode().index(b'<meta charset="utf-8">') < 1024, "where a browser looks for it"
    sizes = [int(size) for size in re.findall(r"font-size: (\d+)px", found)]
    assert sizes
    assert min(sizes) >= 16
    tables = re.findall(r"<table[^>]*>", found)
    roles = [re.findall(r' role="(\w+)"', table) for table in tables]
    assert all(role in (["presentation"], ["img"]) for role in roles), "read aloud as text, not as a table"
    assert all("aria-label" in table for table in tables if 'role="img"' in table)


@pytest.mark.parametrize("language", ["en", "pt"])
def test_a_page_names_its_language_and_direction(language: str) -> None:
    reader = replace(letters.MENTOR, language=language)
    found = letters.html(letters.composed("agenda", letters.pair(reader), reader))
    assert f'<html lang="{language}" dir="ltr">' in found


def test_styles_are_in_the_elements_and_dark_mode_survives() -> None:
    found = page("invitation", "pair")
    assert '<h1 style="' in found
    assert "@media (prefers-color-scheme: dark)" in found
    assert 'name="color-scheme" content="light dark"' in found


@pytest.mark.parametrize("name", letters.NAMES)
def test_a_hostile_name_stays_text(name: str) -> None:
    """Whatever somebody calls themselves, or an administrator the programme, is shown and never obeyed."""
    mentee = replace(letters.MENTEE, name=HOSTILE)
    relationship = replace(letters.pair(), mentees=(mentee,))
    origin = letters.Origin(programme=HOSTILE)
    mail = letters.composed(name, relationship, letters.MENTOR, origin=origin)
    found = letters.html(mail)
    html5lib.HTMLParser(strict=True).parse(found)
    assert "<script" not in found
    assert "<img" not in found
    assert "&lt;script&gt;" in found
    assert "<script>" in letters.text(mail), "plain text shows a name as it is"


@pytest.mark.parametrize(("name", "shape"), pages())
def test_the_plain_form_says_what_the_page_says(name: str, shape: str) -> None:
    """Whoever reads plain text misses nothing but the layout: every word of the page's content is there too."""
    relationship, reader = (letters.pair(), letters.MENTOR) if shape == "pair" else (letters.circle(), letters.SECOND)
    mail = letters.composed(name, relationship, reader)
    body = html5lib.parse(letters.html(mail), namespaceHTMLElements=False).find("body")
    paragraphs = [" ".join("".join(each.itertext()).split()) for each in body.iter("p")]
    plain = " ".join(letters.text(mail).split())
    assert paragraphs
    assert all(paragraph in plain for paragraph in paragraphs)
