"""Options of Microsoft 365: one person's calendar, and the application that people give their consent to."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class MicrosoftCalendarSettings(BaseModel):
    """One person's main calendar in Microsoft 365, read with the consent they gave."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Microsoft 365 calendar")

    host: ClassVar[str] = "graph.microsoft.com"

    kind: Literal["microsoft"] = Field(description="What it is: microsoft, the main calendar in Microsoft 365.")
    book: bool = Field(default=False, description="Whether Attune writes its meetings here; one calendar a person.")
    teams: bool = Field(default=False, description="Whether its meetings get a Teams link.")
    visibility: Literal["private", "default"] = Field(
        default="private", description="Who sees what its meetings are about: their owner only, or as the calendar is."
    )


class MicrosoftClientSettings(BaseModel):
    """The application registered in Microsoft Entra, to which people give their consent."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Microsoft client")

    client_id: str = Field(min_length=1, description="Application (client) id of the registration.")
    client_secret: SecretStr | None = Field(default=None, description="Its secret; better kept in client_secret_file.")
    client_secret_file: str | None = Field(
        default=None, description="File with the client's secret, in the deployment folder."
    )
    tenant: str = Field(
        default="organizations",
        pattern=r"^[A-Za-z0-9.-]+$",
        description="Whose accounts may consent: the id or domain of one organisation, or organizations for any.",
    )
    authority: str = Field(
        default="https://login.microsoftonline.com",
        pattern=r"^https://[^/\s]+/?$",
        description="Where people sign in; a sovereign cloud has its own.",
    )
    graph: str = Field(
        default="https://graph.microsoft.com/v1.0",
        pattern=r"^https://\S+$",
        description="Where Graph is; a sovereign cloud has its own.",
    )
    trust: str | None = Field(
        default=None, description="File with certificates to trust there, in the deployment folder; else the machine's."
    )
