"""A new deployment is right from the start, and an old one is never written over."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from agent.cli import run
from agent.settings.load import load
from agent.settings.policy_file import PolicyFile
from agent.wiring import connector_models

FILES = ("attune.yaml", "policy.yaml", "people.yaml")


def test_a_new_deployment_checks_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first thing anybody types; a warning here would be ours, not theirs."""
    assert run(["init", str(tmp_path / "x")]) == 0
    capsys.readouterr()
    assert run(["check", "--home", str(tmp_path / "x")]) == 0
    said = capsys.readouterr()
    assert said.out == "2 people, 1 pair, 0 circles: no mistakes\n"
    assert not said.err


def test_each_file_names_a_schema_that_is_there(tmp_path: Path) -> None:
    """Editors follow the first line, from where the file is."""
    run(["init", str(tmp_path / "x")])
    for file in FILES:
        first = (tmp_path / "x" / file).read_text(encoding="utf-8").splitlines()[0]
        prefix, _, path = first.partition("$schema=")
        assert prefix == "# yaml-language-server: "
        assert json.loads((tmp_path / "x" / path).read_text(encoding="utf-8"))["title"] == file


def test_the_folders_are_there_and_secrets_are_private(tmp_path: Path) -> None:
    run(["init", str(tmp_path / "x")])
    assert not list((tmp_path / "x" / "decks").iterdir())
    assert not list((tmp_path / "x" / "templates").iterdir())
    assert stat.S_IMODE((tmp_path / "x" / "secrets").stat().st_mode) == 0o700


def test_the_policy_it_writes_spells_out_the_defaults(tmp_path: Path) -> None:
    """“Any line may go” is only true while each says what would be without it."""
    run(["init", str(tmp_path / "x")])
    assert load(tmp_path / "x", connector_models()).policy == PolicyFile()
    written = YAML(typ="safe", pure=True).load(tmp_path / "x" / "policy.yaml")
    assert set(written) == set(PolicyFile.model_fields)


@pytest.mark.parametrize("there", [*FILES, ".attune/schema/people.schema.json", "calendars/mentor-1.ics"])
def test_what_is_there_is_never_written_over(tmp_path: Path, there: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A year of boundaries may stand in that file."""
    mine = tmp_path / there
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("mine", encoding="utf-8")
    assert run(["init", str(tmp_path)]) == 2
    assert there in capsys.readouterr().err
    assert mine.read_text(encoding="utf-8") == "mine"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [mine]


def test_an_empty_folder_with_other_things_in_it_is_fine(tmp_path: Path) -> None:
    (tmp_path / "README").write_text("ours", encoding="utf-8")
    (tmp_path / "decks").mkdir()
    assert run(["init", str(tmp_path)]) == 0
    assert (tmp_path / "README").read_text(encoding="utf-8") == "ours"


def test_a_file_is_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x").write_text("", encoding="utf-8")
    assert run(["init", str(tmp_path / "x")]) == 2
    assert "is a file" in capsys.readouterr().err
