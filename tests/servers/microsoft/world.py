"""Everything this server knows, in one place: one process, one event loop, so that nothing needs a lock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.servers.common.clock import SetClock
from tests.servers.common.faults import Faults
from tests.servers.common.ledger import Call, Ledger
from tests.servers.common.oauth import SigningKey
from tests.servers.microsoft.directory import Account, Directory
from tests.servers.microsoft.graph.mailboxes import Mailbox
from tests.servers.microsoft.graph.notifier import Notifier
from tests.servers.microsoft.graph.post import Posted
from tests.servers.microsoft.graph.schema import Schema
from tests.servers.microsoft.graph.subscribers import Subscription
from tests.servers.microsoft.identity.grants import Grants
from tests.servers.microsoft.lags import Lags


@dataclass
class World:
    """The state of a run."""

    port: int
    schema: Schema
    clock: SetClock = field(default_factory=SetClock)
    directory: Directory = field(default_factory=Directory)
    grants: Grants = field(default_factory=Grants)
    key: SigningKey = field(default_factory=SigningKey)
    faults: Faults = field(default_factory=Faults)
    lags: Lags = field(default_factory=Lags)
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    mails: list[Posted] = field(default_factory=list)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    outbox: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    notifier: Notifier = field(default_factory=Notifier)
    rounds: dict[str, Any] = field(default_factory=dict)
    """What the tokens of delta queries stand for."""
    latency: float = 0.0
    """Seconds that every request to Graph takes."""

    @property
    def base(self) -> str:
        """Where both the identity platform and Graph are."""
        return f"https://localhost:{self.port}"

    def issuer(self, tenant: str) -> str:
        """Give what id tokens of a tenant say of where they come from."""
        return f"{self.base}/{tenant}/v2.0"

    def mailbox(self, account: Account) -> Mailbox:
        """Give an account's mailbox, made on first use."""
        return self.mailboxes.setdefault(account.id, Mailbox(account, self.clock.now()))

    def mailbox_of(self, address: str) -> Mailbox | None:
        """Find a mailbox by its address."""
        account = self.directory.account(address)
        return self.mailbox(account) if account else None

    def settle(self) -> None:
        """Let arrive what is due, and send what subscribers are to hear."""
        self.lags.settle(self.clock.now())
        waiting, self.outbox = self.outbox, []
        for url, notification in waiting:
            if problem := self.schema.problem("changeNotification", _declared(notification)):
                self.ledger.broken.append(problem)
            self.notifier.send(url, notification)

    def keep(self, method: str, who: str, status: int, reason: str = "") -> None:
        """Write down a call that reached this server, and how it was answered (0: not at all)."""
        self.ledger.calls.append(Call(self.clock.now().isoformat(), method, who, status, reason))


def _declared(notification: dict[str, Any]) -> dict[str, Any]:
    """Leave out what Graph's description of ``resourceData``, an open type, does not name."""
    data = {name: value for name, value in notification.get("resourceData", {}).items() if name.startswith("@")}
    return notification | {"resourceData": data or None}
