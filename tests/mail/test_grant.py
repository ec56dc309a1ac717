"""The mail that asks somebody for access: whole, in their language, with one link that is theirs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import html5lib
import pytest
from syrupy.assertion import SnapshotAssertion

from agent.mail import compose
from agent.mail.compose import Asking
from agent.mail.languages import Language, available
from agent.mail.personal import Personal
from agent.mail.render import Rendered, Renderer
from agent.resources import data_dir
from tests import factories
from tests.mail import letters
from tests.mail.test_golden import OneFile, tree

LINK = "https://attune.northwind.example/join/nAOnGSUTl4MzVYLL8vwk1sNf1yG0bKQ8b6h2vJq7Zt4"
UNTIL = factories.at("2027-03-15 12:00")


def asking(language: str = "en", *, again: bool = False, renderer: Renderer | None = None) -> EmailMessage:
    reader = replace(letters.MENTOR, language=language)
    letter = Personal(letters.Origin(), reader, "0" * 32, factories.NOW)
    asked = Asking(LINK, UNTIL, again=again, provider="Google" if again else "")
    return compose.compose_grant(renderer or letters.RENDERER, letter, asked)


@pytest.mark.parametrize("language", ["en", "pt"])
@pytest.mark.parametrize("again", [False, True], ids=["first", "again"])
def test_golden(again: bool, language: str, snapshot: SnapshotAssertion) -> None:
    assert tree(asking(language, again=again)) == snapshot(extension_class=OneFile)


@pytest.mark.parametrize("language", available())
@pytest.mark.parametrize("again", [False, True], ids=["first", "again"])
def test_the_link_stands_whole_in_both_forms_and_leads_nowhere_else(again: bool, language: str) -> None:
    """A link that was broken over two lines opens nothing."""
    mail = asking(language, again=again)
    assert LINK in letters.text(mail).splitlines()
    page = letters.html(mail)
    html5lib.HTMLParser(strict=True).parse(page)
    assert set(re.findall(r"https?://[^\s\"<]+", page)) == {LINK}
    assert not re.search(r"<(?:img|script|link|iframe|form|input|object|svg)\b", page, re.IGNORECASE)


def test_it_belongs_to_no_thread() -> None:
    mail = asking()
    assert mail["In-Reply-To"] is None
    assert mail["References"] is None


def test_a_sample_has_what_the_template_is_given() -> None:
    given: dict[str, Any] = {}

    class Listening(Renderer):
        def render(self, name: str, language: Language, context: Mapping[str, Any]) -> Rendered:
            given.update(context)
            return super().render(name, language, context)

    asking(again=True, renderer=Listening(letters.NOWHERE))
    sample = json.loads((data_dir("templates") / "email" / compose.GRANT / "sample.json").read_text(encoding="utf-8"))
    assert {key: type(value) for key, value in sample.items()} == {key: type(value) for key, value in given.items()}
