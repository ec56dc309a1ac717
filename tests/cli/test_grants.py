"""Commands about grants: what they say, and with which exit code, with and without the key."""

from __future__ import annotations

import json
import stat
from io import StringIO
from pathlib import Path

import pytest

from agent.cli import run
from agent.services.keep_grants import about
from agent.settings.load import KEY_VARIABLES
from agent.store import grants
from agent.store.engine import open_store
from agent.store.grants import Sealed
from agent.vault import Key, Vault
from tests.cli.test_explain import AT, home
from tests.factories import NOW

__all__ = ["home"]

SCOPES = frozenset({"openid", "email"})


def attune(home: Path, *arguments: object, code: int = 0) -> None:
    assert run([*map(str, arguments), "--home", str(home)]) == code


@pytest.fixture
def keyed(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A deployment with a key and pages, whose mentor has granted access."""
    for name in KEY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    with (home / "attune.yaml").open("a", encoding="utf-8") as file:
        file.write("key_file: secrets/key\nweb: {url: https://attune.northwind.example}\n")
    (home / "secrets").mkdir(exist_ok=True)
    assert run(["keys", "new", "--to", str(home / "secrets" / "key")]) == 0
    attune(home, "db", "upgrade")
    vault = Vault(lambda: keys(home))
    account = vault.seal(b"private.account@example.org", about("mentor-1", "google", "account"))
    secret = vault.seal(b"token", about("mentor-1", "google", "secret"))
    store = open_store(f"sqlite:///{home / 'attune.db'}")
    with store.begin() as tx:
        grants.give(tx, "mentor-1", "google", Sealed(account, secret, SCOPES, frozenset({"openid"})), NOW)
    store.close()
    capsys.readouterr()
    return home


def keys(home: Path) -> tuple[Key, ...]:
    from agent.settings.key_files import read_keys

    return read_keys(home, "secrets/key")


def broken(home: Path) -> None:
    store = open_store(f"sqlite:///{home / 'attune.db'}")
    with store.begin() as tx:
        grants.break_off(tx, "mentor-1", "google", 1, NOW)
    store.close()


def test_a_new_key_is_its_owners_only_and_goes_above_the_older(keyed: Path) -> None:
    before = keys(keyed)
    assert run(["keys", "new", "--to", str(keyed / "secrets" / "key")]) == 0
    assert stat.S_IMODE((keyed / "secrets" / "key").stat().st_mode) == 0o600
    assert keys(keyed)[1:] == before


def test_a_file_that_holds_no_keys_is_left_alone(keyed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """“attune keys new --to attune.yaml” must not eat the file."""
    text = (keyed / "attune.yaml").read_text(encoding="utf-8")
    assert run(["keys", "new", "--to", str(keyed / "attune.yaml")]) == 2
    assert (keyed / "attune.yaml").read_text(encoding="utf-8") == text
    assert "is not a key" in capsys.readouterr().err


def test_a_key_without_a_file_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["keys", "new"]) == 0
    assert len(capsys.readouterr().out.strip()) == 44


def test_after_a_rotation_the_older_line_can_go(keyed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (old,) = keys(keyed)
    assert run(["keys", "new", "--to", str(keyed / "secrets" / "key")]) == 0
    attune(keyed, "keys", "rotate")
    assert "grants sealed anew: 1" in capsys.readouterr().out
    (keyed / "secrets" / "key").write_text(str(keys(keyed)[0]), encoding="ascii")
    attune(keyed, "doctor", "--offline")
    attune(keyed, "keys", "list")
    said = capsys.readouterr().out
    assert "they open every grant (1)" in said
    assert old.name not in said


def test_without_the_key_nothing_is_lost_and_it_is_said_which_one(
    keyed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (old,) = keys(keyed)
    (keyed / "secrets" / "key").unlink()
    attune(keyed, "keys", "rotate", code=2)
    assert "secrets/key cannot be read" in capsys.readouterr().err
    assert run(["keys", "new", "--to", str(keyed / "secrets" / "key")]) == 0
    attune(keyed, "keys", "rotate", code=2)
    attune(keyed, "doctor", "--offline", code=1)
    said = capsys.readouterr()
    assert f"sealed with key {old.name}" in said.err
    assert f"ILL   keys: the store has secrets sealed with key {old.name}" in said.out
    (keyed / "secrets" / "key").write_text(str(old), encoding="ascii")
    attune(keyed, "doctor", "--offline")


def test_grants_are_listed_without_a_key_and_without_the_account(
    keyed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (keyed / "secrets" / "key").unlink()
    attune(keyed, "grants", "--json")
    out = capsys.readouterr().out
    assert "private.account" not in out
    (grant,) = json.loads(out)["grants"]
    assert (grant["person"], grant["status"], grant["withheld"]) == ("mentor-1", "working", ["email"])
    attune(keyed, "grants")
    assert "working" in capsys.readouterr().out


def test_what_needs_consent_is_shown_by_status_and_doctor(keyed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken(keyed)
    attune(keyed, "status", "--json")
    assert [each["person"] for each in json.loads(capsys.readouterr().out)["need_consent"]] == ["mentor-1"]
    attune(keyed, "status")
    assert "mentor-1 must agree again at google" in " ".join(capsys.readouterr().out.split())
    attune(keyed, "doctor", "--offline", code=1)
    assert "their owners have to agree again: mentor-1 at google" in capsys.readouterr().out


def test_a_grant_is_forgotten_here_where_nobody_can_be_asked(keyed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    attune(keyed, "revoke", "mentor-1", "--yes")
    assert "forgotten here; at google only mentor-1 can withdraw it" in capsys.readouterr().out
    attune(keyed, "revoke", "mentor-1", "--yes", code=2)
    assert "has granted nothing" in capsys.readouterr().err


def test_to_revoke_is_asked_first(keyed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("n\n"))
    assert run(["revoke", "mentor-1", "--home", str(keyed)]) != 0
    attune(keyed, "revoke", "mentor-1", "--yes")


def test_nobody_is_invited_to_pages_that_are_nowhere(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    attune(home, "invite", "mentor-1", "--at", AT, code=2)
    assert "web: {url:" in capsys.readouterr().err


def test_nobody_is_invited_without_a_key(keyed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (keyed / "secrets" / "key").unlink()
    attune(keyed, "invite", "mentor-1", "--at", AT, code=2)
    assert "cannot be read" in capsys.readouterr().err


def test_somebody_who_is_not_there_is_not_invited(keyed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    attune(keyed, "invite", "mentor-11", "--at", AT, code=2)
    assert "did you mean mentor-1?" in capsys.readouterr().err


def test_all_are_those_whose_calendar_needs_a_grant(keyed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    attune(keyed, "invite", "--all", "--at", AT)
    assert "nobody is without a grant" in capsys.readouterr().out
    attune(keyed, "invite", code=2)
    assert "say whom to invite" in capsys.readouterr().err
