"""``attune.yaml``: the programme's name, its store, its mail, and how the daemon is run."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, PlainValidator, WithJsonSchema

from agent.settings import addresses, durations
from agent.settings.section import Duration, Section, given

SenderText = Annotated[
    addresses.Sender,
    PlainValidator(addresses.parse_sender),
    WithJsonSchema({"type": "string", "examples": ["Attune <attune@example.org>"]}),
]
StoreUrl = Annotated[
    str,
    PlainValidator(addresses.parse_store),
    WithJsonSchema({"type": "string", "pattern": r"^(?:sqlite:///.+|postgresql\+psycopg://.+)$"}),
]
Site = Annotated[
    str,
    PlainValidator(addresses.parse_site),
    WithJsonSchema({"type": "string", "pattern": addresses.SITE_PATTERN, "examples": ["https://attune.example.org"]}),
]
Listening = Annotated[
    addresses.Endpoint,
    PlainValidator(addresses.parse_endpoint),
    WithJsonSchema({"type": "string", "pattern": addresses.ENDPOINT_PATTERN, "examples": ["127.0.0.1:9464"]}),
]


class Mail(Section):
    """How mail leaves."""

    sender: SenderText = Field(alias="from", description="Name and address that mail comes from.")
    smtp: BaseModel = Field(description="The mail server that takes it.")


class Limits(Section):
    """How many calls a minute the outside is asked for at the most, by all workers together."""

    server: int = Field(default=1200, ge=60, le=1_000_000, description="Calls a minute to one calendar server.")
    mailbox: int = Field(default=120, ge=10, le=1_000_000, description="Calls a minute for one person's calendar.")
    mails: int = Field(
        default=60, ge=1, le=1_000_000, description="Mails a minute; after a downtime no more than so many at once."
    )


class Web(Section):
    """The pages by which people grant access."""

    url: Site = Field(description="Where people reach them, as it stands in their mails.")


class AttuneFile(Section):
    """The whole of attune.yaml."""

    programme: str = Field(
        min_length=1, max_length=120, pattern=r"^\S[^\r\n]*$", description="The programme's name, as mails say it."
    )
    store: StoreUrl = Field(
        default="sqlite:///attune.db",
        description="Where Attune remembers: sqlite:///FILE in this folder, or postgresql+psycopg://…",
    )
    mail: Mail = Field(description="How mail leaves.")
    rehearsal: bool = Field(
        default=False,
        description="Whether “run --once --at INSTANT” is allowed. Mail is sent all the same: use servers made for it.",
    )
    sweep: Duration = given("5 min", durations.positive, "How often the daemon looks at what is due.")
    limits: Limits = Field(default=Limits(), description="What the outside bears; what is beyond it waits.")
    key_file: str | None = Field(
        default=None,
        description="File with the keys that seal what people granted, made by “attune keys new”. Better kept elsewhere"
        " than backups of the store; ATTUNE_KEY, ATTUNE_KEY_FILE or a systemd credential “attune-key” do as well.",
    )
    web: Web | None = Field(
        default=None, description="The pages by which people grant access; needed to invite anybody."
    )
    health: Listening | None = Field(
        default=None,
        description="Address and port, such as 127.0.0.1:9464, at which “run” answers /metrics, /healthz and /readyz;"
        " each of several workers takes a port further on. Not given, it answers nobody.",
    )

    @property
    def clients(self) -> dict[str, BaseModel]:
        """What is registered at providers, by their names: the sections that ``models.file_models`` has put in."""
        return {name: client for name in self._providers if (client := getattr(self, name)) is not None}

    @property
    def unregistered(self) -> frozenset[str]:
        """Providers at which nothing is registered."""
        return frozenset(self._providers) - self.clients.keys()

    @property
    def _providers(self) -> list[str]:
        return sorted(type(self).model_fields.keys() - AttuneFile.model_fields.keys())
