"""The agenda's one question: the deployment's own where it has some, in turn, and never an empty line."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.mail.questions import question, questions
from tests.mail import letters


def test_the_deployments_own_questions_are_asked_in_turn(tmp_path: Path) -> None:
    (tmp_path / "en.txt").write_text("# ours\nWhat is new?\n\nWhat is old?\n", encoding="utf-8-sig")
    assert [question("en", number, tmp_path) for number in (1, 2, 3)] == [
        "What is new?",
        "What is old?",
        "What is new?",
    ]
    mail = letters.composed("agenda", letters.pair(), letters.MENTOR, origin=letters.Origin(decks=tmp_path))
    assert "What is old?" in mail.as_string()


@pytest.mark.parametrize("text", [None, "", "# nothing yet\n"])
def test_a_language_without_questions_of_its_own_keeps_the_shipped_ones(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "pt.txt").write_text(text, encoding="utf-8")
    assert questions("pt", tmp_path) == questions("pt")
    assert len(questions("pt")) > 5
