"""Makes a deployment of a history's people, by the same models that read the files of a real one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from agent.settings import people_rules, policy_rules
from agent.settings.complaints import validate
from agent.settings.document import Document, listing
from agent.settings.errors import Problem
from agent.settings.load import Settings
from agent.settings.models import ConnectorModels, FileModels, file_models
from agent.settings.people import People
from agent.settings.roster import pile
from agent.settings.values import Deployment, deployment
from agent.simulation.years.history import History
from connectors import registry

POLL = "1 day"
"""How often calendars are asked for changes without a reason; what people do is said at once, as by a push."""

ATTUNE: dict[str, Any] = {
    "programme": "Example Programme",
    "mail": {"from": "Attune <attune@programme.example>", "smtp": {"host": "mail.programme.example"}},
    "rehearsal": True,
    "sweep": POLL,
}


def enrol(history: History, home: Path, now: datetime) -> Deployment:
    """Give the deployment of a history that makes no ``mistakes``."""
    kinds = _kinds()
    settings = Settings(
        home,
        kinds.attune.model_validate(ATTUNE),
        kinds.policy.model_validate(history.policy),
        People(pile(_people(history)), kinds),
    )
    return deployment(settings, now)


def mistakes(history: History) -> list[Problem]:
    """What ``attune check`` would say of its policy and its people."""
    kinds = _kinds()
    policy, people = Document("policy", history.policy), listing("people", pile(_people(history)))
    validate(kinds.policy, policy)
    policy_rules.check(policy)
    validate(kinds.people, people, kinds.entries)
    people_rules.check(people)
    return [*policy.problems, *people.problems]


def _kinds() -> FileModels:
    return file_models(ConnectorModels(calendars=registry.calendar_models(), smtp=registry.smtp_model()))


def _people(history: History) -> dict[str, list[dict[str, Any]]]:
    return {"people": list(history.people), "pairs": list(history.pairs), "circles": list(history.circles)}
