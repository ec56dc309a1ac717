"""Who is told of changes, and what they are told.

Documented under "subscription resource type", "changeNotification resource type" and "Reduce missing change
notifications and removed subscriptions".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.servers.microsoft.directory import Account
from tests.servers.microsoft.graph.mailboxes import Event, wire_id
from tests.servers.microsoft.graph.zones import stamp


@dataclass
class Subscription:
    """One subscription; ``silent`` until somebody authorises it again."""

    id: str
    account: str
    client_id: str
    resource: str
    change_types: frozenset[str]
    url: str
    lifecycle_url: str | None
    client_state: str | None
    expires: datetime
    immutable: bool
    silent: bool = False

    def as_json(self) -> dict[str, Any]:
        """Write it as its owner sees it; the secret is not given out again."""
        return {
            "id": self.id,
            "resource": self.resource,
            "applicationId": self.client_id,
            "changeType": ",".join(sorted(self.change_types)),
            "clientState": None,
            "notificationUrl": self.url,
            "lifecycleNotificationUrl": self.lifecycle_url,
            "notificationQueryOptions": None,
            "expirationDateTime": stamp(self.expires),
            "creatorId": self.account,
            "includeResourceData": False,
            "latestSupportedTlsVersion": "v1_2",
            "encryptionCertificate": None,
            "encryptionCertificateId": None,
            "notificationUrlAppId": None,
        }


def notification(subscription: Subscription, account: Account, event: Event, kind: str) -> dict[str, Any]:
    """Write what is sent when an event changes: which one, and nothing of what is in it."""
    shown = wire_id(event.id, immutable=subscription.immutable)
    path = f"Users/{account.id}/Events/{shown}"
    return _about(subscription, account) | {
        "changeType": kind,
        "resource": path,
        "resourceData": {
            "@odata.type": "#Microsoft.Graph.Event",
            "@odata.id": path,
            "@odata.etag": event.etag,
            "id": shown,
        },
    }


def lifecycle(subscription: Subscription, account: Account, kind: str) -> dict[str, Any]:
    """Write what is sent when a subscription needs its owner."""
    return _about(subscription, account) | {"lifecycleEvent": kind, "resource": subscription.resource}


def _about(subscription: Subscription, account: Account) -> dict[str, Any]:
    found: dict[str, Any] = {
        "subscriptionId": subscription.id,
        "subscriptionExpirationDateTime": stamp(subscription.expires),
        "tenantId": account.tenant,
    }
    return found | ({"clientState": subscription.client_state} if subscription.client_state else {})
