"""Several processes need a store that serves several, and whoever has another is told so."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.cli import run


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert run(["init", str(tmp_path / "x")]) == 0
    capsys.readouterr()
    return str(tmp_path / "x")


def test_sqlite_serves_one_process_and_says_so(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "--workers", "2", "--home", home]) == 2
    assert "SQLite serves one process" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--workers", "0"], ["--workers", "2", "--once"], ["--workers", "two"]])
def test_what_makes_no_sense_is_refused(home: str, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", *arguments, "--home", home]) == 2
    assert "--workers" in capsys.readouterr().err


def test_upgrading_sqlite_is_harmless_and_says_what_there_is(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["db", "upgrade", "--home", home]) == 0
    first = capsys.readouterr().out
    assert run(["db", "upgrade", "--home", home]) == 0
    assert capsys.readouterr().out == first
    assert "SQLite" in first
