"""The only place that names a back end. Each is imported on first use, so that its libraries hurt only its users."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from agent.clock import Clock
from agent.core.whereabouts import Whereabouts
from connectors.base import CalendarReader, MailSender
from connectors.oauth import Consent, Keep, Scopes
from connectors.unusable import UnusableCalendar

if TYPE_CHECKING:
    from pydantic import BaseModel

PROVIDERS = {"google": "Google", "microsoft": "Microsoft 365"}
"""Where people grant access: the kind of such a calendar, and what people call it."""


HOW = frozenset({"book", "password", "password_file", "calendars", "meet", "teams", "visibility"})
"""Settings that say how a calendar is used, and not which one our events are in."""


def calendar_models() -> Mapping[str, type[BaseModel]]:
    """Give the settings model of every kind of calendar."""
    from connectors.caldav.settings import CalDavSettings
    from connectors.google.settings import GoogleCalendarSettings
    from connectors.ics.settings import IcsSettings
    from connectors.microsoft.settings import MicrosoftCalendarSettings

    return {
        "caldav": CalDavSettings,
        "google": GoogleCalendarSettings,
        "ics": IcsSettings,
        "microsoft": MicrosoftCalendarSettings,
    }


def client_models() -> Mapping[str, type[BaseModel]]:
    """Give the settings model of what an administrator has registered at each provider that people grant access at."""
    from connectors.google.settings import GoogleClientSettings
    from connectors.microsoft.settings import MicrosoftClientSettings

    return {"google": GoogleClientSettings, "microsoft": MicrosoftClientSettings}


def provider_of(settings: BaseModel) -> str | None:
    """Give the provider whose grant a calendar needs, such as ``google``; None where it brings its own password."""
    kind = getattr(settings, "kind", None)
    return kind if kind in PROVIDERS else None


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
    keep: Callable[[str], Keep],
    clients: Mapping[str, BaseModel],
) -> CalendarReader:
    """Open a person's calendar. ``where`` and ``owner`` are that person's whereabouts and e-mail address.

    The whereabouts place floating and all-day items; the address tells which attendee's answer is the owner's.
    ``keep`` gives where the secret of their grant at a provider is kept, by the provider's name, such as ``google``;
    ``clients`` has what the administrator has registered there, by the same names.
    """
    kind = getattr(settings, "kind", None)
    if kind == "caldav":
        from connectors.caldav.calendar import CalDavCalendar

        return CalDavCalendar(settings, home=home, where=where, owner=owner, clock=clock)  # type: ignore[arg-type]
    if kind in {"google", "microsoft"}:
        if (client := clients.get(kind)) is None:
            return UnusableCalendar(f"attune.yaml has no section “{kind}”: write the client there that you registered")
        return _open_granted(kind, settings, client, keep(kind), home=home, where=where, owner=owner, clock=clock)
    if kind == "ics":
        from connectors.ics.calendar import IcsCalendar

        return IcsCalendar(settings, home=home, where=where, owner=owner)  # type: ignore[arg-type]
    raise LookupError(f"no connector for calendars of kind {kind!r}")


def _open_granted(
    kind: str,
    settings: Any,
    client: Any,
    keep: Keep,
    *,
    home: Path,
    where: Whereabouts,
    owner: str,
    clock: Clock,
) -> CalendarReader:
    """Open a calendar that a person has granted access to."""
    if kind == "microsoft":
        from connectors.microsoft.calendar import GraphCalendar

        return GraphCalendar(settings, client, keep, home=home, where=where, owner=owner, clock=clock)
    try:
        from connectors.google.calendar import GoogleCalendar
    except ImportError as error:
        return UnusableCalendar(f"{error.name} is not installed: install attune-agent[{kind}]")
    return GoogleCalendar(settings, client, keep, home=home, where=where, owner=owner, clock=clock)


def open_consents(clients: Mapping[str, BaseModel], *, home: Path, clock: Clock) -> dict[str, Consent]:
    """Give the providers at which something is registered, for the pages by which people grant access."""
    found: dict[str, Consent] = {}
    if (client := clients.get("google")) is not None:
        from connectors.google.consent import GoogleConsent

        found["google"] = GoogleConsent(client, home=home, clock=clock)  # type: ignore[arg-type]
    if (client := clients.get("microsoft")) is not None:
        from connectors.microsoft.consent import MicrosoftConsent

        found["microsoft"] = MicrosoftConsent(client, home=home)  # type: ignore[arg-type]
    return found


def scopes_at(provider: str) -> Scopes:
    """Give what people are asked for at a provider."""
    if provider == "google":
        from connectors.google import scopes

        return Scopes(scopes.DEFAULT, scopes.RICHER)
    if provider == "microsoft":
        from connectors.microsoft import scopes as allowed

        return Scopes(allowed.DEFAULT, allowed.RICHER)
    raise LookupError(f"nobody grants access at {provider!r}")


def server_of(settings: BaseModel) -> str:
    """Give the host that a calendar or mail server is at; a name of its own for what is a file here."""
    if address := getattr(settings, "url", None):
        return urlsplit(address).hostname or "nowhere"
    return getattr(settings, "host", None) or "files"


def place_of(settings: BaseModel) -> str:
    """Give what tells a calendar from any other, for the store: a digest of where it is, without any secret."""
    written = settings.model_dump(mode="json", exclude_defaults=True).items()
    said = {key: value for key, value in written if key not in HOW}
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def open_sender(settings: BaseModel, *, home: Path) -> MailSender:
    """Open the mail server."""
    from connectors.smtp.mail import SmtpSender

    return SmtpSender(settings, home=home)  # type: ignore[arg-type]
