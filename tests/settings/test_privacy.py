"""The private names of boundaries, and secrets, never come back in a message."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, strategies

from agent.settings.errors import SettingsError
from agent.settings.people_file import BoundaryRule
from agent.settings.privacy import BOUNDARY_KEYS, private_values, redact
from agent.settings.section import keys_of
from tests.settings import deployment_files

CANARY = "fertility clinic"
BOUNDARY = '{label: school run, days: mon-fri, from: "14:45", to: "15:45", strength: hard}'
SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    "boundary",
    [
        f"{{label: {CANARY}, days: mon-fry}}",
        f"{{label: {CANARY}, days: {CANARY}}}",
        f"{{label: {CANARY}, dates: {CANARY} is on, strength: {CANARY}}}",
        f"{{labell: {CANARY}, days: mon-fri}}",
        f"{{label: {CANARY}, days: mon, from: x{CANARY}, to: {CANARY} and then some more words to be cut}}",
        f"{{label: [{CANARY}], days: nonsense}}",
        f"{{label: {{{CANARY}: {CANARY}}}, days: nonsense}}",
        f"{{label: {CANARY}, {CANARY}: x, days: mon-fri}}",
        f"{{{CANARY}: {{days: mon-fri}}}}",
        f"{{{CANARY}: 1, {CANARY}: 2}}",
        f"{{label: *{CANARY[:9]}, days: mon-fri}}",
        f"{CANARY}",
        f"[{CANARY}]",
        f'{{label: {CANARY}, days: mon-fri, from: "09:00"}}',
        f"{{label: {CANARY}, points: {CANARY}}}",
        f"{{label: '{CANARY}, days: mon-fri}}",
    ],
)
def test_a_mistake_in_a_boundary_does_not_tell_its_name(tmp_path: Path, boundary: str) -> None:
    """An administrator looking over somebody's shoulder reads the sentence, too."""
    with pytest.raises(SettingsError) as caught:
        deployment_files.read(tmp_path, ("people.yaml", BOUNDARY, boundary))
    said = str(caught.value) + repr(caught.value.problems)
    assert not any(word in said for word in CANARY.split()), said


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("people.yaml", "password_file: secrets/mentor-1", f"passwort: {SECRET}"),
        ("people.yaml", "password_file: secrets/mentor-1", f"password: [{SECRET}]"),
        ("people.yaml", "password_file: secrets/mentor-1", f"password: {SECRET}, kynd: x"),
        ("people.yaml", "http://127.0.0.1", f"ftp://me:{SECRET}@127.0.0.1"),
        ("attune.yaml", "security: none", f"password: {SECRET}, security: {SECRET}"),
        ("attune.yaml", "sqlite:///attune.db", f"postgres://me:{SECRET}@db/attune"),
    ],
)
def test_a_mistake_beside_a_secret_does_not_tell_it(tmp_path: Path, file: str, old: str, new: str) -> None:
    """Terminals are shared and logs are kept."""
    with pytest.raises(SettingsError) as caught:
        deployment_files.read(tmp_path, (file, old, new))
    assert SECRET not in str(caught.value) + repr(caught.value.problems)


def test_a_reason_given_for_not_rotating_is_not_told(tmp_path: Path) -> None:
    """It is nobody's business, and here somebody wrote it down where yes or no was asked for."""
    with pytest.raises(SettingsError) as caught:
        deployment_files.read(tmp_path, ("people.yaml", "week_starts: sun", f"cannot_rotate: {CANARY}"))
    said = str(caught.value) + repr(caught.value.problems)
    assert not any(word in said for word in CANARY.split()), said


def test_no_label_is_left_in_the_settings(tmp_path: Path) -> None:
    """What is not there cannot leak later."""
    settings = deployment_files.read(tmp_path, ("people.yaml", "school run", CANARY))
    assert all(boundary.label is None for person in settings.people.people for boundary in person.boundaries)
    assert CANARY not in repr(settings) + str([document.data for document in settings.documents.values()])


def test_the_keys_of_a_boundary_are_the_ones_that_may_be_named() -> None:
    """A key added to the model and forgotten here would turn into “a key here”."""
    assert frozenset(keys_of(BoundaryRule)) == BOUNDARY_KEYS


@given(
    strategies.text(min_size=1, max_size=30).filter(lambda text: "”" not in text and "…" not in text and text.strip())
)
def test_a_private_value_never_survives_in_a_quotation(label: str) -> None:
    """Wherever a sentence quotes, and whatever the name is."""
    private = private_values({"people": [{"boundaries": [{"label": label}]}]})
    shown = " ".join(label.split())
    assert redact(f"“{shown}” is wrong; write “x{shown}x”", private) == "“…” is wrong; write “…”"


def test_a_clients_secret_is_one_and_its_id_and_the_name_of_its_file_are_not() -> None:
    client = {"client_id": "one", "client_secret": SECRET, "client_secret_file": "secrets/google"}
    assert private_values({"google": client}) == {SECRET}
