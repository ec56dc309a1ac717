"""The agenda's one question: in turn, the same for both, and each in their own language."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.mail.decks import DEPTHS, DeckBroken, decks, read
from agent.mail.languages import SOURCE, available
from agent.mail.questions import in_turn, question
from tests.mail import letters

OWN = "title: Ours\n1:\n  1: What is new?\n  2: What is old?\n"


def own(folder: Path, name: str, language: str, text: str) -> Path:
    (folder / name).mkdir(exist_ok=True)
    file = folder / name / f"{language}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_weekly_pair_hears_no_question_twice_within_a_year() -> None:
    asked = [question("en", number) for number in range(1, 54)]
    assert len(set(asked)) == 53


def test_each_reads_the_same_question_in_their_own_language() -> None:
    for number, (deck, which) in enumerate(in_turn(), 1):
        for language in available():
            assert question(language, number) == decks(language)[deck].questions[1][which]


def test_a_deployments_own_deck_takes_the_place_of_the_shipped_one_of_its_name(tmp_path: Path) -> None:
    own(tmp_path, "first-months", "en", OWN)
    assert [question("en", number, tmp_path) for number in (1, 2)] == ["What is new?", "What is old?"]
    mail = letters.composed("agenda", letters.pair(), letters.MENTOR, origin=letters.Origin(decks=tmp_path))
    assert "What is old?" in mail.as_string()


def test_a_new_deck_takes_its_turn_and_is_asked_in_english_where_it_has_no_other(tmp_path: Path) -> None:
    own(tmp_path, "a-deck-of-ours", "en", OWN)
    number = in_turn(tmp_path).index(("a-deck-of-ours", 1)) + 1
    assert question("pt", number, tmp_path) == "What is new?"


def test_a_changed_deck_is_read_again(tmp_path: Path) -> None:
    file = own(tmp_path, "first-months", "en", OWN)
    assert question("en", 1, tmp_path) == "What is new?"
    file.write_text(OWN.replace("What is new?", "What is different?"), encoding="utf-8")
    assert question("en", 1, tmp_path) == "What is different?"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("title: [", "cannot be read"),
        ("- a list", "needs a title"),
        ("1: {1: And?}", "needs a title"),
        ("title: x\n1: [And?]", "stands no list of numbers"),
        ("title: x\n2: {one: And?}", "one is no number"),
        ("title: x\n3: {301: ''}", "301 is no number with a question"),
    ],
)
def test_a_broken_deck_says_what_is_wrong_and_the_shipped_one_is_asked(tmp_path: Path, text: str, wrong: str) -> None:
    file = own(tmp_path, "first-months", "en", text)
    with pytest.raises(DeckBroken, match=wrong):
        read(file)
    assert question("en", 1, tmp_path) == question("en", 1)


@pytest.mark.parametrize("language", available())
def test_every_deck_is_whole_in_every_language(language: str) -> None:
    shipped = decks(SOURCE)
    assert len(shipped) == 6
    for name, deck in decks(language).items():
        for depth in DEPTHS:
            assert deck.questions[depth].keys() == shipped[name].questions[depth].keys()
            assert all(number // 100 == depth for number in deck.questions[depth])
    assert decks(language).keys() == shipped.keys()


@pytest.mark.parametrize("language", available())
def test_no_question_stands_twice(language: str) -> None:
    every = [text for deck in decks(language).values() for asked in deck.questions.values() for text in asked.values()]
    assert len(every) == len(set(every)) == 180
    assert all(len(text) < 120 for text in every)
