"""Options of an iCalendar file."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class IcsSettings(BaseModel):
    """One .ics file, read and never written."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="iCalendar file")

    kind: Literal["ics"] = Field(description="What it is: caldav, a server; ics, a file that is only read.")
    path: str = Field(min_length=1, description="The file, in the deployment folder or absolute.")
