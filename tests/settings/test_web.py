"""Where people reach our pages, as it stands in their mails."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.settings.errors import SettingsError
from agent.settings.values import deployment
from tests.factories import NOW
from tests.settings import deployment_files


def read(home: Path, written: str) -> str | None:
    settings = deployment_files.read(home, ("attune.yaml", "rehearsal:", f"web: {{url: {written}}}\nrehearsal:"))
    return deployment(settings, NOW).web


def test_there_are_none_unless_somebody_says_where(tmp_path: Path) -> None:
    assert deployment(deployment_files.read(tmp_path), NOW).web is None


@pytest.mark.parametrize(
    ("written", "site"),
    [
        ("https://attune.example.org", "https://attune.example.org"),
        ("https://example.org/attune/", "https://example.org/attune"),
        ('"http://127.0.0.1:8080"', "http://127.0.0.1:8080"),
    ],
)
def test_an_address_is_read_without_its_last_slash(tmp_path: Path, written: str, site: str) -> None:
    assert read(tmp_path, written) == site


@pytest.mark.parametrize(
    "written", ["attune.example.org", "ftp://a.example", '"https://a.example/?q=1"', '"https://me@a.example"']
)
def test_what_nobody_should_follow_is_refused(tmp_path: Path, written: str) -> None:
    with pytest.raises(SettingsError, match="not an address people can open"):
        read(tmp_path, written)
