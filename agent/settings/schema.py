"""JSON Schemas of the three files, for editors. They are generated; the shipped ones are in ``config/schema``."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from agent.settings.models import FILES, ConnectorModels, file_models

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_name(file: str) -> str:
    """Give the file name of a settings file's schema."""
    return f"{file.removesuffix('.yaml')}.schema.json"


def generate(connectors: ConnectorModels) -> dict[str, str]:
    """Give each schema's file name and text, the same on every run."""
    kinds = file_models(connectors)
    models: dict[str, type[BaseModel]] = dict(zip(FILES, (kinds.attune, kinds.policy, kinds.people), strict=True))
    return {schema_name(file): _text(file, model) for file, model in models.items()}


def _text(file: str, model: type[BaseModel]) -> str:
    schema = {"$schema": DIALECT, **_tidy(model.model_json_schema(by_alias=True)), "title": file}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _tidy(node: Any) -> Any:
    """Leave out what tells an editor nothing: titles that repeat the key, and defaults of null."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {key: _tidy(value) for key, value in node.items() if not _is_noise(key, value)}


def _is_noise(key: str, value: object) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value is None)
