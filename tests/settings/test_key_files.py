"""Where keys are looked for, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.settings.key_files import read_keys
from agent.settings.load import KEY_VARIABLES
from agent.vault import BadKey, Key, NoKey

ONE, TWO = Key(bytes(range(32))), Key(bytes(range(1, 33)))


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEY_VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_a_variable_holds_keys_the_newest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_KEY", f"{TWO},{ONE}")
    assert read_keys(tmp_path, "not/there") == (TWO, ONE)


def test_a_variable_names_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text(f"{ONE}\n", encoding="ascii")
    monkeypatch.setenv("ATTUNE_KEY_FILE", str(tmp_path / "key"))
    assert read_keys(tmp_path / "home", "not/there") == (ONE,)


def test_attune_yaml_names_a_file_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{ONE}\n", encoding="ascii")
    assert read_keys(tmp_path, "key") == (ONE,)


def test_a_service_is_given_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "attune-key").write_text(f"{ONE}\n", encoding="ascii")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert read_keys(tmp_path / "home", None) == (ONE,)


def test_credentials_of_a_service_that_hold_another_are_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    with pytest.raises(NoKey, match="there is no key"):
        read_keys(tmp_path, None)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoKey, match="No such file") as raised:
        read_keys(tmp_path, "key")
    assert "attune keys new" in raised.value.advice


def test_a_file_of_something_else_is_named_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hunter2\n", encoding="ascii")
    with pytest.raises(BadKey, match="key, line 1") as raised:
        read_keys(tmp_path, "key")
    assert "hunter2" not in str(raised.value)
