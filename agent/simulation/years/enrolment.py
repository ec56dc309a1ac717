"""Makes a deployment of a history's people, by the same models that read the files of a real one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from agent.settings.load import Settings
from agent.settings.models import ConnectorModels, file_models
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
    """Give the deployment. Raises ``pydantic.ValidationError`` where a history's people or policy are wrong."""
    kinds = file_models(ConnectorModels(calendars=registry.calendar_models(), smtp=registry.smtp_model()))
    people = {"people": list(history.people), "pairs": list(history.pairs), "circles": list(history.circles)}
    settings = Settings(
        home,
        kinds.attune.model_validate(ATTUNE),
        kinds.policy.model_validate(history.policy),
        kinds.people.model_validate(people),
    )
    return deployment(settings, now)
