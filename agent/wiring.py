"""The composition root: what connectors and settings know of each other, and a deployment ready to use."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.settings.models import ConnectorModels
    from agent.settings.values import Deployment


def connector_models() -> ConnectorModels:
    """Give the settings models of every connector there is."""
    from agent.settings.models import ConnectorModels
    from connectors import registry

    return ConnectorModels(calendars=registry.calendar_models(), smtp=registry.smtp_model())


def load_deployment(home: Path, now: datetime) -> Deployment:
    """Read a deployment folder. Raises ``SettingsError`` with every problem, ``HomeNotFound`` where there is none."""
    from agent.settings.load import load
    from agent.settings.values import deployment

    return deployment(load(home, connector_models()), now)
