"""Reads a deployment folder: three files in, settings out, or every problem of all three at once."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.settings import meeting_rules, people_rules, policy_rules
from agent.settings.attune_file import AttuneFile
from agent.settings.complaints import M, validate
from agent.settings.document import Document, listing
from agent.settings.errors import HomeNotFound, Problem, SettingsError
from agent.settings.models import FILES, ConnectorModels, FileModels, file_models
from agent.settings.people import People
from agent.settings.policy_file import PolicyFile
from agent.settings.privacy import redact
from agent.settings.progress import Passed, silent, told, within
from agent.settings.reading import read
from agent.settings.roster import Roster

PEOPLE = "people.yaml"

KEY_VARIABLES = ("ATTUNE_KEY", "ATTUNE_KEY_FILE", "CREDENTIALS_DIRECTORY")

READING = 0.6
"""Share of the time that reading takes; the rest is finding out whether it is right."""


@dataclass(frozen=True)
class Settings:
    """What the three files of a deployment say, all of it valid. ``documents`` knows where each thing stands.

    ``policy_said`` is all that policy.yaml says, as JSON; there is nothing private in it.
    """

    home: Path
    attune: AttuneFile
    policy: PolicyFile
    people: People
    documents: Mapping[str, Document] = field(default_factory=dict, repr=False, compare=False)
    policy_said: str = field(default="{}", repr=False, compare=False)


def find_home(given: Path | None = None) -> Path:
    """Choose the deployment folder: what was given, else ``ATTUNE_HOME``, else this folder if it is one."""
    chosen = given or Path(os.environ.get("ATTUNE_HOME") or ".")
    home = chosen.expanduser().absolute()
    if any((home / file).is_file() for file in FILES):
        return home
    raise HomeNotFound(f"there is no deployment in {chosen if given else home}")


def notify_socket() -> str | None:
    """Give the socket on which a service manager waits to hear how we are (sd_notify(3)), if there is one."""
    return os.environ.get("NOTIFY_SOCKET")


def key_variables() -> tuple[str | None, str | None, str | None]:
    """Give what the environment says of keys: keys themselves, a file of them, a service's folder of credentials."""
    return tuple(os.environ.get(name) or None for name in KEY_VARIABLES)  # type: ignore[return-value]  # as many


def load(
    home: Path,
    models: ConnectorModels,
    instead: Mapping[str, Document] | None = None,
    roster: Roster | None = None,
    passed: Passed = silent,
) -> Settings:
    """Read and check the three files, or others ``instead`` of some; a ``roster`` is people.yaml, read before.

    Raises ``SettingsError`` with all problems, ``HomeNotFound`` without a folder.
    """
    home, others = find_home(home), dict(instead or {})
    if roster is not None:
        others.setdefault(PEOPLE, listing(PEOPLE, roster))
    reading = within(passed, 0, READING)
    documents = {file: others.get(file) or read(home, file, listing=file == PEOPLE, passed=reading) for file in FILES}
    kinds = file_models(models)
    attune = _validated(kinds.attune, documents["attune.yaml"])
    policy = _validated(kinds.policy, documents["policy.yaml"])
    said = json.dumps(documents["policy.yaml"].data, sort_keys=True)
    policy_rules.check(documents["policy.yaml"])
    _check_people(documents, kinds, said, within(passed, READING, 1))
    problems, found = _problems(documents), documents[PEOPLE].roster
    if problems or attune is None or policy is None or found is None:
        raise SettingsError(problems)
    for document in documents.values():
        document.data, document.private = {}, set()  # secrets end here; only the positions are kept
    return Settings(home, attune, policy, People(found, kinds), documents, said)


def _validated(model: type[M], document: Document) -> M | None:
    return None if document.broken else validate(model, document)


def load_attune(home: Path, models: ConnectorModels) -> AttuneFile:
    """Read attune.yaml alone, whatever the other two files say. Raises ``SettingsError``."""
    document = read(home, "attune.yaml")
    attune = _validated(file_models(models).attune, document)
    problems = _problems({"attune.yaml": document})
    if problems or attune is None:
        raise SettingsError(problems)
    return attune


def _check_people(documents: Mapping[str, Document], kinds: FileModels, said: str, passed: Passed) -> None:
    """Apply the rules of people.yaml, as far as it was not found right before, and with this very policy."""
    written, document = documents["policy.yaml"], documents[PEOPLE]
    right_with = document.roster.policy if document.roster else None
    if right_with is None and not document.broken:
        validate(kinds.people, document, kinds.entries, within(passed, 0, 0.5))
        people_rules.check(document)
    sound = policy_rules.sound_part(written)
    if right_with != said and (written.at(("cadence",)) is None or "cadence" in sound.model_fields_set):
        people = people_rules.Described(document, kinds.person)
        bonds = people_rules.relationships(document)
        meeting_rules.check(document, sound, people, told(bonds, document.bonds, within(passed, 0.5, 1)))


def _problems(documents: Mapping[str, Document]) -> list[Problem]:
    """Collect what was reported, in the order in which it stands, without anything private."""
    private = frozenset().union(*(document.private for document in documents.values()))
    return [
        replace(problem, wrong=redact(problem.wrong, private), advice=redact(problem.advice, private))
        for document in documents.values()
        for problem in sorted(set(document.problems), key=lambda found: (found.position, found.path))
    ]
