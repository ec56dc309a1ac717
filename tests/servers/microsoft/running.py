"""Starting this server for tests, and the hand on its control API."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import trustme

from tests.servers.common.process import Double, running

MODULE = "tests.servers.microsoft"


@dataclass(frozen=True)
class MicrosoftServer(Double):
    """A running server. ``authority`` is the file that clients must trust; ``certificate`` is good for localhost.

    Nobody but this machine's tests trusts the authority, so a client has to be told of it: ``verify=`` of httpx and
    requests. msal needs ``instance_discovery=False`` as well, since it asks Microsoft about hosts it does not know.
    """

    authority: Path
    certificate: Path
    key: Path

    @property
    def base(self) -> str:
        """The login host; every authority is below it."""
        return f"https://localhost:{self.port}"

    @cached_property
    def trusted(self) -> ssl.SSLContext:
        """What httpx wants for ``verify``."""
        return ssl.create_default_context(cafile=str(self.authority))

    @property
    def graph(self) -> str:
        """Where Graph's paths begin."""
        return f"{self.base}/v1.0"

    def add_tenant(self, domain: str, **fields: Any) -> str:
        """Add a tenant and give its id."""
        return str(self.ask("POST", "/tenants", {"domain": domain, **fields})["id"])

    def add_account(self, tenant: str, address: str, **fields: Any) -> dict[str, str]:
        """Add an account and give its id and password."""
        made: dict[str, str] = self.ask("POST", "/accounts", {"tenant": tenant, "address": address, **fields})
        return made

    def add_application(self, name: str, redirect_uri: str, permissions: list[str], **fields: Any) -> dict[str, str]:
        """Register an application and give its client id and secret."""
        body = {"name": name, "redirect_uris": [redirect_uri], "permissions": permissions, **fields}
        made: dict[str, str] = self.ask("POST", "/applications", body)
        return made

    def grant(self, address: str, client_id: str, scopes: Iterable[str]) -> dict[str, str]:
        """Give tokens to an application without the pages."""
        body = {"client_id": client_id, "scopes": list(scopes)}
        tokens: dict[str, str] = self.ask("POST", f"/accounts/{address}/grants", body)
        return tokens

    def act(self, address: str, method: str, path: str, body: Any = None) -> Any:
        """Do something as the person does it in Outlook, and give what Graph would answer."""
        done = self.ask("POST", f"/accounts/{address}/act", {"method": method, "path": path, "body": body})
        if done["status"] >= 400:
            raise AssertionError(f"{method} {path}: {done}")
        return done["body"]

    def events(self, address: str) -> list[dict[str, Any]]:
        """Give what is in an account's calendars."""
        found: list[dict[str, Any]] = self.ask("GET", f"/accounts/{address}/events")
        return found

    def mails(self) -> list[dict[str, Any]]:
        """Give every mail, those that Outlook wrote about meetings included."""
        found: list[dict[str, Any]] = self.ask("GET", "/mails")
        return found


@contextmanager
def microsoft(folder: Path) -> Iterator[MicrosoftServer]:
    """Run the server with certificates of an authority of its own, which are left in the folder."""
    authority, certificate, key = (folder / name for name in ("authority.pem", "certificate.pem", "key.pem"))
    issuer = trustme.CA()
    issued = issuer.issue_cert("localhost", "127.0.0.1")
    issuer.cert_pem.write_to_path(authority)
    certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(key)
    more = ("--certificate", str(certificate), "--key", str(key))
    with running(MODULE, folder, *more) as (port, control_port, log):
        server = MicrosoftServer(port, control_port, log, authority, certificate, key)
        server.ask("PUT", "/trust", {"authority": str(authority)})
        yield server
