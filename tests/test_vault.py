"""What is sealed opens with the key and for the purpose it was sealed for, and with nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.vault import BadKey, Key, NoKey, Tampered, Vault, WrongKey, new_key, no_keys, parse_keys, sealed_with

OLD, NEW = Key(bytes(range(32))), Key(bytes(range(1, 33)))


def vault(*keys: Key) -> Vault:
    return Vault(lambda: keys)


@settings(max_examples=30)
@given(st.binary(max_size=300), st.text(max_size=30))
def test_what_is_sealed_opens_again(plain: bytes, about: str) -> None:
    assert vault(OLD).open(vault(OLD).seal(plain, about), about) == plain


def test_the_same_is_never_sealed_the_same_way_twice() -> None:
    assert vault(OLD).seal(b"token", "a") != vault(OLD).seal(b"token", "a")


def test_what_belongs_elsewhere_does_not_open() -> None:
    with pytest.raises(Tampered):
        vault(OLD).open(vault(OLD).seal(b"token", "mentor-1"), "mentee-1")


def test_no_letter_of_it_can_be_changed() -> None:
    sealed = vault(OLD).seal(b"token", "a")
    for place in range(len("v1.12345678."), len(sealed) - 1):
        changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
        with pytest.raises(Tampered):
            vault(OLD).open(changed, "a")


@pytest.mark.parametrize("sealed", ["", "v1", "v1..", "v2.12345678.AAAA", "v1.12345678.???", "token"])
def test_what_is_no_sealed_text_is_said_to_be_none(sealed: str) -> None:
    with pytest.raises(Tampered):
        vault(OLD).open(sealed, "a")


def test_a_short_one_is_refused() -> None:
    with pytest.raises(Tampered):
        vault(OLD).open(f"v1.{OLD.name}.AAAA", "a")


def test_every_key_opens_and_the_newest_seals() -> None:
    sealed = vault(OLD).seal(b"token", "a")
    assert vault(NEW, OLD).open(sealed, "a") == b"token"
    assert sealed_with(vault(NEW, OLD).seal(b"token", "a")) == NEW.name


def test_another_key_says_which_one_is_missing() -> None:
    with pytest.raises(WrongKey, match=OLD.name):
        vault(NEW).open(vault(OLD).seal(b"token", "a"), "a")


def test_sealing_anew_changes_the_key_and_nothing_else() -> None:
    sealed = vault(OLD).seal(b"token", "a")
    fresh = vault(NEW, OLD).reseal(sealed, "a")
    assert vault(NEW).open(fresh, "a") == b"token"
    assert vault(NEW, OLD).reseal(fresh, "a") == fresh


def test_keys_are_asked_for_each_time() -> None:
    """A rotation must not need a restart."""
    keys = [OLD]
    living = Vault(lambda: tuple(keys))
    sealed = living.seal(b"token", "a")
    keys.insert(0, NEW)
    assert living.open(sealed, "a") == b"token"
    assert sealed_with(living.seal(b"token", "a")) == NEW.name


def test_keys_are_read_one_a_line_the_newest_first() -> None:
    assert parse_keys(f"# made in spring\n{NEW}\n\n  {OLD}  # the one before\n", "key") == (NEW, OLD)


@pytest.mark.parametrize("line", ["password", "A" * 44, f"{OLD}A", str(OLD)[:-1], "ключ"])
def test_what_is_no_key_is_named_by_its_line_and_not_shown(line: str) -> None:
    with pytest.raises(BadKey, match="key, line 2") as raised:
        parse_keys(f"{NEW}\n{line}", "key")
    assert line not in str(raised.value)


def test_no_key_is_no_key() -> None:
    with pytest.raises(NoKey):
        parse_keys("# nothing\n", "key")
    with pytest.raises(NoKey):
        Vault(no_keys).seal(b"token", "a")


def test_a_key_does_not_show_itself() -> None:
    key = new_key()
    assert str(key) not in repr(key)
    assert repr(key.secret) not in repr(key)
    assert key.name not in str(key)
