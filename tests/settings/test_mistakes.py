"""Every mistake of an administrator is named where it stands, with what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, field_validator
from ruamel.yaml import YAML

from agent.settings.complaints import validate
from agent.settings.document import Document
from agent.settings.errors import SettingsError
from tests.settings import deployment_files

MISTAKES = YAML(typ="safe", pure=True).load(Path(__file__).with_name("mistakes.yaml"))


@pytest.mark.parametrize("case", MISTAKES, ids=[case["name"] for case in MISTAKES])
def test_a_mistake_is_named_where_it_stands(tmp_path: Path, case: dict[str, str]) -> None:
    """Somebody who made this mistake would otherwise search for it."""
    with pytest.raises(SettingsError) as caught:
        deployment_files.read(tmp_path, (case["file"], case["old"], case["new"]))
    assert [str(problem) for problem in caught.value.problems] == [case["says"]]


def test_many_mistakes_are_named_together(tmp_path: Path) -> None:
    """Mending one mistake after another, with a run between, would take all afternoon."""
    cases = [case for case in MISTAKES if case["name"] in TOGETHER]
    with pytest.raises(SettingsError) as caught:
        deployment_files.read(tmp_path, *((case["file"], case["old"], case["new"]) for case in cases))
    named = sorted(f"{problem.file} {problem.path}" for problem in caught.value.problems)
    assert named == sorted(" ".join((case["file"], case["says"].split()[1].rstrip(":"))) for case in cases)
    assert len(cases) == len(TOGETHER)


class Even(BaseModel):
    """A model whose reader knows nothing of our mistakes."""

    number: int

    @field_validator("number")
    @classmethod
    def is_even(cls, number: int) -> int:
        if number % 2:
            raise ValueError(f"{number} is odd; write an even number")
        if number == 2:
            raise AssertionError("2 is prime; write another number")
        return number


@pytest.mark.parametrize(
    ("number", "wrong"), [(3, "3 is odd; write an even number"), (2, "2 is prime; write another number")]
)
def test_nobody_reads_the_words_of_the_library_that_reads_the_files(number: int, wrong: str) -> None:
    """“Value error, 3 is odd” tells an administrator nothing that “3 is odd” does not."""
    document = Document("even.yaml", {"number": number})
    validate(Even, document)
    assert [str(problem) for problem in document.problems] == [f"even.yaml:1:1 number: {wrong}"]


TOGETHER = {
    "a misspelt key", "a store in memory", "a port that is none", "an unknown unit", "a length without a unit",
    "a crooked grid", "limits of none", "message hours of no length", "holidays", "an unknown zone",
    "an unknown language", "a country's name", "a misspelt kind", "a misspelt day", "an hour past the last",
    "no length", "points of none", "dates the wrong way round", "an unknown medium", "an id with a space",
    "a mentee who does not exist", "a circle with the same mentee twice", "the first day of the week",
}  # fmt: skip


def test_a_file_that_is_missing_is_a_mistake_like_another(tmp_path: Path) -> None:
    """A deployment without its people would otherwise look empty and well."""
    deployment_files.write(tmp_path, ("policy.yaml", "15 min", "7 min"))
    (tmp_path / "people.yaml").unlink()
    with pytest.raises(SettingsError) as caught:
        deployment_files.load_from(tmp_path)
    assert [str(problem).split(";")[0] for problem in caught.value.problems] == [
        "policy.yaml:4:7 grid: a day cannot be cut evenly into steps of 7 min",
        "people.yaml:1:1: the file is missing",
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"programme: \xff\xfe", "attune.yaml:1:1: the file is not UTF-8 text"),
        (b"- one\n- two\n", "attune.yaml:1:1: the file is not a group of keys"),
        (b"programme: [one", "attune.yaml:1:16: this is not YAML"),
        (b"programme: a\n---\nprogramme: b\n", "attune.yaml:2:1: this is not YAML"),
        (b"programme: *secret\n", "attune.yaml:1:12: this is not YAML: found undefined alias"),
        (b"mail: &m {from: a, smtp: *m}\nprogramme: x\n", "attune.yaml:1:7: a part of the file holds itself"),
        (b"? [a, b]\n: c\n", "attune.yaml:1:3: a key is not a plain word"),
        (b"programme: !!python/name:os.system x\n", "attune.yaml:1:12 programme: this tag is not understood"),
        (b"", "attune.yaml:1:1 mail: this is missing"),
    ],
)
def test_a_file_that_is_not_a_settings_file_says_so(tmp_path: Path, content: bytes, sentence: str) -> None:
    """A stack trace out of the YAML parser helps nobody."""
    deployment_files.write(tmp_path)
    (tmp_path / "attune.yaml").write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        deployment_files.load_from(tmp_path)
    assert any(str(problem).startswith(sentence) for problem in caught.value.problems), str(caught.value)
