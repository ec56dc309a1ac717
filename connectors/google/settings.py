"""Options of a Google account's calendars, and of the OAuth client that people grant access to."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

ADDRESS = r"^https?://\S+$"
MOST_CALENDARS = 50
"""What one free/busy query takes."""


class GoogleCalendarSettings(BaseModel):
    """One person's Google account; who they are there, they say when they agree."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Google Calendar")

    host: ClassVar[str] = "www.googleapis.com"

    kind: Literal["google"] = Field(description="What it is: google, an account whose owner has agreed.")
    calendars: tuple[str, ...] = Field(
        default=("primary",),
        min_length=1,
        max_length=MOST_CALENDARS,
        description="Ids of the calendars whose busy time counts; primary is the account's own.",
    )
    book: bool = Field(default=False, description="Whether Attune writes its meetings here; one calendar a person.")
    meet: bool = Field(default=False, description="Whether its meetings get a Google Meet link.")
    visibility: Literal["private", "default"] = Field(
        default="private", description="Who sees what its meetings are about: their owner only, or as the calendar is."
    )


class GoogleClientSettings(BaseModel):
    """The OAuth client that an administrator has made in the Google Cloud console."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Google client")

    client_id: str = Field(min_length=1, description="The client's id, as the console shows it.")
    client_secret: SecretStr | None = Field(default=None, description="Its secret; better kept in client_secret_file.")
    client_secret_file: str | None = Field(
        default=None, description="File with the client's secret, in the deployment folder."
    )
    authorize: str = Field(
        default="https://accounts.google.com/o/oauth2/v2/auth", pattern=ADDRESS, description="Where people agree."
    )
    token: str = Field(
        default="https://oauth2.googleapis.com/token", pattern=ADDRESS, description="Where tokens are given."
    )
    revoke: str = Field(
        default="https://oauth2.googleapis.com/revoke", pattern=ADDRESS, description="Where they are given back."
    )
    calendar_api: str = Field(
        default="https://www.googleapis.com/calendar/v3/", pattern=ADDRESS, description="Base of the Calendar API."
    )
    gmail_api: str = Field(default="https://gmail.googleapis.com/", pattern=ADDRESS, description="Base of Gmail's API.")
    trust: str | None = Field(
        default=None, description="File with certificates to trust instead of the usual, in the deployment folder."
    )
