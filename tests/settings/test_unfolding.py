"""A file that repeats itself without end is named, not waited for."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.settings.errors import SettingsError
from tests.settings.deployment_files import load_from, write


def test_a_file_that_unfolds_to_more_than_a_programme_can_be_is_named(tmp_path: Path) -> None:
    home = write(tmp_path)
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    (home / "people.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        load_from(home)
    assert "unfolds to far too much" in str(error.value)
