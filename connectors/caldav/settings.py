"""Options of a CalDAV calendar."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class CalDavSettings(BaseModel):
    """One calendar collection on a CalDAV server."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="CalDAV calendar")

    kind: Literal["caldav"] = Field(description="What it is: caldav, a server; ics, a file that is only read.")
    url: str = Field(pattern=r"^https?://\S+$", description="Address of the calendar collection itself.")
    username: str | None = Field(default=None, description="Login name, where the server asks for one.")
    password: SecretStr | None = Field(default=None, description="Password; better kept in password_file.")
    password_file: str | None = Field(default=None, description="File with the password, in the deployment folder.")
    book: bool = Field(default=False, description="Whether Attune writes its meetings here; one calendar a person.")
