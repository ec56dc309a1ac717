"""The files that an administrator has named for the OAuth client."""

from __future__ import annotations

from pathlib import Path

from connectors.errors import Rejected
from connectors.google.settings import GoogleClientSettings


def secret_of(client: GoogleClientSettings, home: Path) -> str:
    """Give the client's secret, from its file where it has one."""
    if client.client_secret_file is None:
        return client.client_secret.get_secret_value() if client.client_secret else ""
    try:
        return (home / Path(client.client_secret_file).expanduser()).read_text("utf-8-sig").strip()
    except (OSError, ValueError) as error:
        raise Rejected("the client_secret_file of google cannot be read") from error


def trust(client: GoogleClientSettings, home: Path) -> str | None:
    """Give the path of the certificates to trust; None for the usual."""
    return str(home / Path(client.trust).expanduser()) if client.trust else None
