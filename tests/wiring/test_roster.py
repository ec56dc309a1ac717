"""A large people.yaml is read once for each content, and whatever was kept of it can be lost at any time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.settings.errors import SettingsError
from agent.settings.load import load
from agent.wiring import connector_models, load_settings
from agent.wiring import roster as compiled
from tests.settings.deployment_files import write


@pytest.fixture(autouse=True)
def every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "SMALL", 0)


def names(home: Path) -> list[str]:
    return [person.name for person in load_settings(home).people.people]


def nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def compile_(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(compiled, "_compile", compile_)


def test_a_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = names(write(tmp_path))
    nothing_is_read(monkeypatch)
    assert names(tmp_path) == first


def test_what_is_kept_is_for_its_owner_only(tmp_path: Path) -> None:
    load_settings(write(tmp_path))
    assert (tmp_path / compiled.PLACE).stat().st_mode & 0o777 == 0o600


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    names(write(tmp_path))
    write(tmp_path, ("people.yaml", "First Mentee", "Other Mentee"))
    assert "Other Mentee" in names(tmp_path)


def test_a_changed_policy_changes_what_is_kept(tmp_path: Path) -> None:
    """Terms are of both files, and so is whether they are right."""
    before = load_settings(write(tmp_path)).people.roster.named("pair-1")
    write(tmp_path, ("policy.yaml", "notice: 24 h", "notice: 30 h"))
    after = load_settings(tmp_path).people.roster.named("pair-1")
    assert before is not None
    assert after is not None
    assert None is not before.terms != after.terms is not None


@pytest.mark.parametrize(
    "harm",
    [
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"no database"),
        lambda file: file.write_bytes(file.read_bytes()[:5000]),
        lambda file: file.write_bytes(file.read_bytes().replace(b"people", b"xxxxxx")),
        lambda file: file.unlink(),
    ],
)
def test_what_is_broken_is_made_anew_without_a_word(
    tmp_path: Path, harm: Callable[[Path], object], capfd: pytest.CaptureFixture[str]
) -> None:
    first = names(write(tmp_path))
    harm(tmp_path / compiled.PLACE)
    assert names(tmp_path) == first
    assert capfd.readouterr() == ("", "")


def test_what_another_program_kept_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names(write(tmp_path))
    monkeypatch.setattr(compiled, "__version__", "99")
    nothing_is_read(monkeypatch)
    with pytest.raises(AssertionError, match="read again"):
        names(tmp_path)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("people.yaml", "Asia/Kolkata", "Asia/Calcuta"),
        ("people.yaml", "id: mentee-2", "id: mentee-1"),
        ("people.yaml", "mentee: mentee-1", "mentee: nobody"),
        ("people.yaml", "media: [video, phone]", "media: [walk-and-talk]"),
        ("people.yaml", "pairs:", "pairs"),
        ("policy.yaml", "grid: 15 min", "grid: 7 min"),
        ("attune.yaml", "rehearsal", "reharsal"),
    ],
)
def test_mistakes_are_told_as_they_are_of_a_small_file(tmp_path: Path, file: str, old: str, new: str) -> None:
    write(tmp_path, (file, old, new))
    with pytest.raises(SettingsError) as small:
        load(tmp_path, connector_models())
    with pytest.raises(SettingsError) as large:
        load_settings(tmp_path)
    assert large.value.problems == small.value.problems


def test_an_earlier_policy_is_held_against_the_people_all_the_same(tmp_path: Path) -> None:
    from agent.settings.document import recall

    load_settings(write(tmp_path))
    long = recall("policy.yaml", json.dumps({"cadence": {"duration": "5 h"}}))
    with pytest.raises(SettingsError, match="no stretch is long enough"):
        load_settings(tmp_path, {"policy.yaml": long})


def test_two_that_need_it_at_once_both_get_it(tmp_path: Path) -> None:
    write(tmp_path)
    code = "import sys; from pathlib import Path; from agent.wiring import load_settings, roster; roster.SMALL = 0;"
    code += "print(len(load_settings(Path(sys.argv[1])).people.people))"
    both = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE) for _ in range(2)]
    assert [each.communicate()[0] for each in both] == [b"4\n", b"4\n"]
    assert not (tmp_path / compiled.PLACE).with_name("roster.db.new").exists()


def test_many_threads_read_it_side_by_side(tmp_path: Path) -> None:
    people = load_settings(write(tmp_path)).people
    ids = [*people.ids()] * 50
    with ThreadPoolExecutor(8) as pool:
        assert [person.id for person in pool.map(people.person, ids)] == ids


def test_a_roster_that_is_open_outlives_a_change_of_its_file(tmp_path: Path) -> None:
    """Whoever works by the old files goes on by them until they take the new ones in."""
    old = load_settings(write(tmp_path)).people
    write(tmp_path, ("people.yaml", "First Mentee", "Other Mentee"))
    new = load_settings(tmp_path).people
    assert [each.person("mentee-1").name for each in (old, new)] == ["First Mentee", "Other Mentee"]


def test_a_folder_that_nobody_may_write_in_is_read_all_the_same(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / ".attune").write_text("in the way", encoding="utf-8")
    assert len(names(tmp_path)) == 4


def test_whoever_is_asked_to_stop_does_not_wait(tmp_path: Path) -> None:
    with pytest.raises(compiled.Interrupted):
        load_settings(write(tmp_path), stopping=lambda: True)
    assert not (tmp_path / compiled.PLACE).exists()


def test_reading_that_breaks_off_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(compiled.NotRead, match="broke off"):
        load_settings(write(tmp_path))


def test_how_far_it_has_come_is_told(tmp_path: Path) -> None:
    told: list[float] = []
    load_settings(write(tmp_path), passed=told.append)
    assert told == sorted(told)
    assert told[0] < 0.1
    assert all(0 <= share <= 1 for share in told)
