"""A meeting that new rules of a time zone moved: its mail says so, and no other does."""

from __future__ import annotations

import pytest

from agent.mail import compose
from tests import factories
from tests.mail import letters


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "The rules of a time zone have changed."), ("pt", "As regras de um fuso horário mudaram.")],
)
@pytest.mark.parametrize("rezoned", [True, False])
def test_the_mail_says_why_in_a_plain_sentence(language: str, sentence: str, *, rezoned: bool) -> None:
    reader = letters.person("mentee-1", "Example Mentee", "Australia/Adelaide", language)
    letter = letters.letter(factories.pair(letters.MENTOR, reader), reader, "moved", revision=1)
    mail = compose.compose_moved(letters.RENDERER, letter, letters.meeting(revision=1, rezoned=rezoned))
    for form in (letters.text(mail), letters.html(mail)):
        assert (sentence in " ".join(form.split())) is rezoned
        assert "Example Mentor" in form
