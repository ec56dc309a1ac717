"""The application that people consent to, as Microsoft's library takes it; imported on first use."""

from __future__ import annotations

import ssl
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from connectors.errors import Rejected
from connectors.microsoft.settings import MicrosoftClientSettings

if TYPE_CHECKING:
    import msal

TIMEOUT = (5, 10)
"""Seconds to connect, and between two pieces of an answer."""


def library() -> Any:
    """Give msal, which takes a tenth of a second to load. Raises ``Rejected`` where it is not installed."""
    try:
        import msal  # noqa: PLC0415 - only where somebody has such a calendar
    except ImportError as error:
        raise Rejected(f"{error.name} is not installed: install attune-agent[microsoft]") from error
    return msal


class Application:
    """One registration; shared by everybody who granted it something.

    ``answers`` keeps the provider's public description of itself for a day, and its refusals for a minute.
    """

    def __init__(self, settings: MicrosoftClientSettings, home: Path) -> None:
        self.settings = settings
        self._home = home
        self._answers: dict[str, Any] = {}
        self._session: Any = None
        self._trusted: ssl.SSLContext | None = None

    def client(self, cache: msal.TokenCache) -> msal.ConfidentialClientApplication:
        """Give msal's client over a cache of tokens. Asks the authority for its description of itself."""
        found: msal.ConfidentialClientApplication = library().ConfidentialClientApplication(
            self.settings.client_id,
            client_credential=self._secret(),
            authority=f"{self.settings.authority.rstrip('/')}/{self.settings.tenant}",
            instance_discovery=False,  # named by the administrator; msal would ask Microsoft about strange hosts
            http_client=self._http(),
            http_cache=self._answers,
            token_cache=cache,
        )
        return found

    @property
    def trusted(self) -> ssl.SSLContext:
        """Whom to trust where Graph is; loaded once (50 ms)."""
        if self._trusted is None:
            trust = self._trust()
            self._trusted = ssl.create_default_context(cafile=trust) if trust else httpx.create_ssl_context()
        return self._trusted

    def _http(self) -> Any:
        if self._session is None:
            import requests  # noqa: PLC0415 - comes with msal

            session = requests.Session()
            if trust := self._trust():
                session.verify = trust
                session.trust_env = False  # REQUESTS_CA_BUNDLE would win over ``verify``
            setattr(session, "request", partial(session.request, timeout=TIMEOUT))  # noqa: B010 - as msal does itself
            self._session = session
        return self._session

    def _trust(self) -> str | None:
        if self.settings.trust is None:
            return None
        path = self._home / self.settings.trust
        if not path.is_file():
            raise Rejected("the file that “trust” in attune.yaml names is not there")
        return str(path)

    def _secret(self) -> str:
        if self.settings.client_secret is not None:
            return self.settings.client_secret.get_secret_value()
        if self.settings.client_secret_file is None:
            raise Rejected("attune.yaml has no client_secret_file for Microsoft")
        try:
            return (self._home / self.settings.client_secret_file).read_text("utf-8-sig").strip()
        except (OSError, ValueError) as error:
            raise Rejected("the client_secret_file for Microsoft cannot be read") from error


@lru_cache(maxsize=8)
def application(settings: MicrosoftClientSettings, home: Path) -> Application:
    """Give the one of these settings, so that what is known of the provider is asked once for all people."""
    return Application(settings, home)
