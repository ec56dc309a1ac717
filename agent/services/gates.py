"""The ways to the servers of one programme: one for each mailbox, and what is known of a server shared by all to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from agent.services.limits import Limits
from agent.store.quotas import Rate
from connectors.guard import Gate, Server


@dataclass
class Gates:
    """Makes the gates of one process. ``share`` is how many calls to one slow server may be under way."""

    limits: Limits
    server: Rate
    mailbox: Rate
    mails: Rate
    share: int
    _servers: dict[str, Server] = field(default_factory=dict)

    def calendar(self, host: str, mailbox: str) -> Gate:
        """Make the way to one calendar, which takes one call at a time."""
        return self._gate(host, {f"server {host}": self.server, f"calendar {mailbox}": self.mailbox}, alone=True)

    def mail(self, host: str) -> Gate:
        """Make the way to the mail server."""
        return self._gate(host, {f"mail {host}": self.mails}, alone=False)

    def _gate(self, host: str, rates: Mapping[str, Rate], *, alone: bool) -> Gate:
        """Count each call in every scope; what a provider asks for closes the last and narrowest."""
        *_, narrowest = rates.items()

        def allow() -> None:
            for scope, rate in rates.items():
                self.limits.allow(scope, rate)

        def close(pause: timedelta) -> None:
            self.limits.close(*narrowest, pause)

        return Gate(self._server(host), allow, close, alone)

    def _server(self, host: str) -> Server:
        return self._servers.setdefault(host, Server(host, self.share, self.limits.clock.now))
