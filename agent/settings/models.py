"""The three files' models, with the settings of connectors put in from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Annotated, Any

from pydantic import BaseModel, Field, create_model

from agent.settings.attune_file import AttuneFile, Mail
from agent.settings.people_file import BOND_SECTIONS, PeopleFile, PersonSection
from agent.settings.policy_file import PolicyFile
from agent.settings.roster import PEOPLE
from agent.settings.section import Section

FILES = ("attune.yaml", "policy.yaml", "people.yaml")


@dataclass(frozen=True, slots=True)
class ConnectorModels:
    """What connectors have to say: the settings of each kind of calendar, and those of the mail server.

    ``clients`` are those of what an administrator registers at a provider, each a section of attune.yaml by its name.
    """

    calendars: Mapping[str, type[BaseModel]]
    smtp: type[BaseModel]
    clients: Mapping[str, type[BaseModel]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileModels:
    """One model for each of the three files."""

    attune: type[AttuneFile]
    policy: type[PolicyFile]
    people: type[PeopleFile]
    person: type[PersonSection]

    @property
    def entries(self) -> dict[str, type[Section]]:
        """The models of the entries of people.yaml, by the list they are in."""
        return {PEOPLE: self.person, **BOND_SECTIONS}


def file_models(connectors: ConnectorModels) -> FileModels:
    """Build the models for the connectors there are."""
    mail = create_model("Mail", __base__=Mail, __doc__=Mail.__doc__, smtp=_like(Mail, "smtp", connectors.smtp))
    sections: dict[str, Any] = {name: _section(model) for name, model in connectors.clients.items()}
    attune = create_model(
        "AttuneFile",
        __base__=AttuneFile,
        __doc__=AttuneFile.__doc__,
        mail=_like(AttuneFile, "mail", mail),
        **sections,
    )
    calendar: Any = Annotated[_any_of(connectors.calendars), Field(discriminator="kind")]
    person = create_model(
        "Person",
        __base__=PersonSection,
        __doc__="One participant.",
        calendars=_like(PersonSection, "calendars", tuple[calendar, ...]),
    )
    people = create_model(
        "PeopleFile",
        __base__=PeopleFile,
        __doc__=PeopleFile.__doc__,
        people=_like(PeopleFile, "people", tuple[person, ...]),
    )
    return FileModels(attune, PolicyFile, people, person)


def _any_of(models: Mapping[str, type[BaseModel]]) -> Any:
    return reduce(or_, models.values())


def _section(model: type[BaseModel]) -> Any:
    """Define a section that may be left out, described as its model is."""
    return (model | None, Field(default=None, description=model.__doc__))


def _like(model: type[BaseModel], name: str, annotation: Any) -> Any:
    """Define a field again with another type and everything else as it was, how long it may be included."""
    old = model.model_fields[name]
    bounded: Any = Annotated[annotation, *old.metadata] if old.metadata else annotation
    return (bounded, Field(default=old.default, alias=old.alias, description=old.description))
