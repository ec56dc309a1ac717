"""A store that was lost is not taken for a first start: else everything would be booked and told anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.cli import run
from tests.cli.test_explain import AT, home
from tests.store.conftest import postgresql_server
from tests.store.postgresql import Server

__all__ = ["home", "postgresql_server"]


def attune(home: Path, *arguments: object, code: int = 0) -> None:
    assert run([*map(str, arguments), "--home", str(home)]) == code


def lose(home: Path) -> None:
    for part in home.glob("attune.db*"):
        part.unlink()


@pytest.fixture
def lost(home: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A deployment whose store is gone after it was at work."""
    attune(home, "run", "--once", "--at", AT)
    lose(home)
    capsys.readouterr()
    return home


@pytest.mark.parametrize(
    "command", [("run", "--once", "--at", AT), ("status",), ("journal",), ("db", "upgrade"), ("backup", "new.backup")]
)
def test_whoever_needs_it_is_told_how_to_go_on_and_makes_nothing(
    lost: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(lost)
    for _ in range(2):
        attune(lost, *command, code=2)
        said = capsys.readouterr().err
        assert "attune.db was in use and is gone" in said
        assert "attune restore FILE" in said
        assert "attune db create" in said
    assert not list(lost.glob("attune.db*"))


def test_doctor_says_it_among_the_rest(lost: Path, capsys: pytest.CaptureFixture[str]) -> None:
    attune(lost, "doctor", "--offline", code=1)
    assert "store: sqlite:///attune.db was in use and is gone" in capsys.readouterr().out


def test_a_file_cut_to_nothing_is_as_good_as_lost(lost: Path) -> None:
    (lost / "attune.db").touch()
    attune(lost, "run", "--once", "--at", AT, code=2)


def test_a_backup_is_an_answer(home: Path, tmp_path: Path) -> None:
    attune(home, "run", "--once", "--at", AT)
    attune(home, "backup", tmp_path / "a.backup")
    lose(home)
    attune(home, "restore", tmp_path / "a.backup")
    attune(home, "run", "--once", "--at", AT)


def test_to_begin_anew_is_an_answer_that_has_to_be_given(lost: Path, capsys: pytest.CaptureFixture[str]) -> None:
    attune(lost, "db", "create")
    attune(lost, "run", "--once", "--at", AT)
    capsys.readouterr()
    attune(lost, "db", "create", code=2)
    assert "attune.db is there already" in capsys.readouterr().err


def test_another_store_is_a_first_start(home: Path) -> None:
    attune(home, "status")
    settings = home / "attune.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("attune.db", "other.db"), encoding="utf-8")
    attune(home, "status")


def test_a_folder_that_has_moved_knows_its_store(home: Path) -> None:
    attune(home, "status")
    moved = home.rename(home.with_name("moved"))
    lose(moved)
    attune(moved, "status", code=2)


def test_a_folder_that_nobody_may_write_remembers_nothing(home: Path) -> None:
    """The database may be elsewhere and the files be read only, as in a container."""
    (home / ".attune" / "stores").mkdir(parents=True)
    attune(home, "status")


@pytest.fixture
def on_postgresql(home: Path, postgresql_server: Server) -> Iterator[Path]:
    with postgresql_server.database() as url:
        settings = home / "attune.yaml"
        text = settings.read_text(encoding="utf-8").replace("sqlite:///attune.db", f'"{url}"')
        settings.write_text(text, encoding="utf-8")
        yield home


def test_an_emptied_database_of_a_server_is_lost_too(
    on_postgresql: Path, postgresql_server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    import psycopg

    attune(on_postgresql, "status")
    name = (on_postgresql / ".attune" / "stores").read_text(encoding="utf-8").partition("?")[0].rpartition("/")[2]
    with psycopg.connect(host=str(postgresql_server.folder), user="postgres", dbname=name) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    attune(on_postgresql, "status", code=2)
    assert "was in use and is gone" in capsys.readouterr().err
    attune(on_postgresql, "db", "create")
    attune(on_postgresql, "status")


# What needs the store only


@pytest.fixture
def mistaken(home: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A deployment at work, in whose people.yaml and policy.yaml somebody has just mistyped something."""
    attune(home, "run", "--once", "--at", AT)
    (home / "people.yaml").write_text("people: [\n", encoding="utf-8")
    (home / "policy.yaml").write_text("notice: 24\n", encoding="utf-8")
    capsys.readouterr()
    return home


def test_mistakes_in_people_and_policy_keep_nobody_from_the_store(
    mistaken: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    attune(mistaken, "backup", tmp_path / "a.backup")
    attune(mistaken, "restore", tmp_path / "a.backup")
    attune(mistaken, "db", "upgrade")
    attune(mistaken, "journal", "--for", "pair-1")
    attune(mistaken, "journal", "--for", "pair-9", code=2)
    assert "there is no pair or circle" in capsys.readouterr().err


def test_status_tells_what_the_store_knows(mistaken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    attune(mistaken, "status", "--json")
    report = json.loads(capsys.readouterr().out)
    assert report["mistakes"] is True
    assert [each["id"] for each in report["relationships"]] == ["pair-1", "pair-2"]
    attune(mistaken, "status")
    assert "attune check" in capsys.readouterr().out


def test_doctor_names_the_mistakes_and_looks_at_the_rest(mistaken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    attune(mistaken, "doctor", code=1)
    said = capsys.readouterr().out
    assert "ILL   policy.yaml:1:9: notice: “24” has no unit" in said
    assert "ILL   people.yaml:" in said
    assert "well  store: SQLite" in said


def test_a_mistake_in_the_address_is_named_and_nothing_else(mistaken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (mistaken / "attune.yaml").write_text("programme: Northwind\nstore: mysql://x\n", encoding="utf-8")
    attune(mistaken, "status", code=2)
    said = capsys.readouterr().err
    assert "attune.yaml:2:8 store" in said
    assert "people.yaml" not in said
    attune(mistaken, "doctor", code=1)
    assert "attune.yaml:2:8: store" in capsys.readouterr().out


def test_what_a_restore_has_not_looked_up_yet_is_shown(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    attune(home, "run", "--once", "--at", AT)
    attune(home, "backup", tmp_path / "a.backup")
    attune(home, "restore", tmp_path / "a.backup")
    capsys.readouterr()
    attune(home, "status")
    assert "2 restored, not looked up yet" in " ".join(capsys.readouterr().out.split())
    attune(home, "status", "--json")
    assert json.loads(capsys.readouterr().out)["restored"] == 2
