"""Finds, in the models, the group of keys that a path of a pydantic error leads to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from agent.settings.positions import Path
from agent.settings.section import keys_of

Groups = tuple[type[BaseModel], ...]


def groups_at(model: type[BaseModel], path: Path) -> Groups:
    """Give the models that the value at a path may be of: none for a plain value, several where there are kinds."""
    here: Groups = (model,)
    for step in path:
        if isinstance(step, int):
            continue
        narrowed = tuple(group for group in here if step in _tags(group))
        here = narrowed or tuple(
            found for group in here if (field := _field(group, step)) for found in _models(field.annotation)
        )
    return here


def field_at(model: type[BaseModel], path: Path) -> FieldInfo | None:
    """Give the description of a key, None where no model knows it."""
    if not path or isinstance(path[-1], int):
        return None
    found = (_field(group, path[-1]) for group in groups_at(model, path[:-1]))
    return next((field for field in found if field), None)


def keys_at(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """Give the keys that the group at a path may have, each once."""
    return tuple(dict.fromkeys(key for group in groups_at(model, path) for key in keys_of(group)))


def _field(group: type[BaseModel], key: str) -> FieldInfo | None:
    return next((field for name, field in group.model_fields.items() if (field.alias or name) == key), None)


def _tags(group: type[BaseModel]) -> tuple[Any, ...]:
    kind = group.model_fields.get("kind")
    return get_args(kind.annotation) if kind else ()


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
