"""“attune doctor” warns of what works all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.cli import run
from tests.cli.test_explain import home

__all__ = ["home"]


def test_a_password_that_others_can_read_is_a_warning(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = home / "attune.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("# password_file:", "password_file:"), encoding="utf-8")
    (home / "secrets" / "smtp").write_text("hush", encoding="utf-8")
    for mode, said in ((0o644, "others on this machine can read this file: secrets/smtp"), (0o600, "none of them")):
        (home / "secrets" / "smtp").chmod(mode)
        capsys.readouterr()
        assert run(["doctor", "--offline", "--home", str(home)]) == 0
        assert said in capsys.readouterr().out
