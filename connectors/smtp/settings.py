"""Options of the mail server."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class SmtpSettings(BaseModel):
    """Where mail is handed over."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="SMTP server")

    host: str = Field(min_length=1, description="Name or address of the mail server.")
    port: int = Field(default=587, ge=1, le=65535, description="Its port: 587 for starttls, 465 for tls, often 25.")
    security: Literal["none", "starttls", "tls"] = Field(default="starttls", description="How it is sealed.")
    username: str | None = Field(default=None, description="Login name, where the server asks for one.")
    password: SecretStr | None = Field(default=None, description="Password; better kept in password_file.")
    password_file: str | None = Field(default=None, description="File with the password, in the deployment folder.")
    timeout: float = Field(default=20, gt=0, le=20, description="Seconds to wait for each answer of the server.")
