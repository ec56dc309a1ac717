"""The only place that names a back end. Each is imported on first use, so that its libraries hurt only its users."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from agent.clock import Clock
from agent.core.whereabouts import Whereabouts
from connectors.base import CalendarReader, MailSender
from connectors.oauth import Keep

if TYPE_CHECKING:
    from pydantic import BaseModel


def calendar_models() -> Mapping[str, type[BaseModel]]:
    """Give the settings model of every kind of calendar."""
    from connectors.caldav.settings import CalDavSettings
    from connectors.ics.settings import IcsSettings

    return {"caldav": CalDavSettings, "ics": IcsSettings}


def smtp_model() -> type[BaseModel]:
    """Give the settings model of the mail server."""
    from connectors.smtp.settings import SmtpSettings

    return SmtpSettings


def open_calendar(
    settings: BaseModel,
    *,
    home: Path,
    where: Whereabouts,
    owner: str,
    clock: Clock,
    keep: Callable[[str], Keep],  # noqa: ARG001 - for calendars that people grant access to
) -> CalendarReader:
    """Open a person's calendar. ``where`` and ``owner`` are that person's whereabouts and e-mail address.

    The whereabouts place floating and all-day items; the address tells which attendee's answer is the owner's.
    ``keep`` gives where the secret of their grant at a provider is kept, by the provider's name, such as ``google``.
    """
    kind = getattr(settings, "kind", None)
    if kind == "caldav":
        from connectors.caldav.calendar import CalDavCalendar

        return CalDavCalendar(settings, home=home, where=where, owner=owner, clock=clock)  # type: ignore[arg-type]
    if kind == "ics":
        from connectors.ics.calendar import IcsCalendar

        return IcsCalendar(settings, home=home, where=where, owner=owner)  # type: ignore[arg-type]
    raise LookupError(f"no connector for calendars of kind {kind!r}")


def server_of(settings: BaseModel) -> str:
    """Give the host that a calendar or mail server is at; a name of its own for what is a file here."""
    if address := getattr(settings, "url", None):
        return urlsplit(address).hostname or "nowhere"
    return getattr(settings, "host", None) or "files"


def place_of(settings: BaseModel) -> str:
    """Give what tells a calendar from any other, for the store: a digest of where it is, without any secret."""
    written = settings.model_dump(mode="json", exclude_defaults=True).items()
    said = {key: value for key, value in written if key not in {"book", "password", "password_file"}}
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def open_sender(settings: BaseModel, *, home: Path) -> MailSender:
    """Open the mail server."""
    from connectors.smtp.mail import SmtpSender

    return SmtpSender(settings, home=home)  # type: ignore[arg-type]
