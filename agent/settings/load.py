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
from agent.settings.document import Document
from agent.settings.errors import HomeNotFound, Problem, SettingsError
from agent.settings.models import FILES, ConnectorModels, FileModels, file_models
from agent.settings.people import People
from agent.settings.policy_file import PolicyFile
from agent.settings.privacy import redact
from agent.settings.reading import read

PEOPLE = "people.yaml"


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


def load(home: Path, models: ConnectorModels, instead: Mapping[str, Document] | None = None) -> Settings:
    """Read and check the three files, or others ``instead`` of some.

    Raises ``SettingsError`` with all problems, ``HomeNotFound`` without a folder.
    """
    home, others = find_home(home), instead or {}
    documents = {file: others[file] if file in others else read(home, file, listing=file == PEOPLE) for file in FILES}
    kinds = file_models(models)
    attune = _validated(kinds.attune, documents["attune.yaml"])
    policy = _validated(kinds.policy, documents["policy.yaml"])
    if not documents[PEOPLE].broken:
        validate(kinds.people, documents[PEOPLE], kinds.entries)
    _check_across(documents, kinds)
    problems = _problems(documents)
    roster = documents[PEOPLE].roster
    if problems or attune is None or policy is None or roster is None:
        raise SettingsError(problems)
    said = json.dumps(documents["policy.yaml"].data, sort_keys=True)
    for document in documents.values():
        document.data, document.private = {}, set()  # secrets end here; only the positions are kept
    return Settings(home, attune, policy, People(roster, kinds), documents, said)


def _validated(model: type[M], document: Document) -> M | None:
    return None if document.broken else validate(model, document)


def load_attune(home: Path, models: ConnectorModels) -> AttuneFile:
    """Read attune.yaml alone, whatever the other two files say. Raises ``SettingsError``."""
    document = read(home, "attune.yaml")
    broken = document.problems and not document.values
    attune = None if broken else validate(file_models(models).attune, document)
    problems = _problems({"attune.yaml": document})
    if problems or attune is None:
        raise SettingsError(problems)
    return attune


def _check_across(documents: Mapping[str, Document], kinds: FileModels) -> None:
    """Apply the rules that pydantic cannot, to whatever could be read."""
    written, document = documents["policy.yaml"], documents[PEOPLE]
    policy_rules.check(written)
    people_rules.check(document)
    sound = policy_rules.sound_part(written)
    if written.at(("cadence",)) is None or "cadence" in sound.model_fields_set:
        people = people_rules.Described(document, kinds.person)
        meeting_rules.check(document, sound, people, people_rules.relationships(document))


def _problems(documents: Mapping[str, Document]) -> list[Problem]:
    """Collect what was reported, in the order in which it stands, without anything private."""
    private = frozenset().union(*(document.private for document in documents.values()))
    return [
        replace(problem, wrong=redact(problem.wrong, private), advice=redact(problem.advice, private))
        for document in documents.values()
        for problem in sorted(set(document.problems), key=lambda found: (found.position, found.path))
    ]
