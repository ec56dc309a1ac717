"""Subscriptions to events: made after a handshake, renewed, ended.

Documented under "Create subscription" and "Receive change notifications through webhooks".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.servers.microsoft.graph.call import Answer, Call
from tests.servers.microsoft.graph.errors import bad_request, missing
from tests.servers.microsoft.graph.mailboxes import new_event_id
from tests.servers.microsoft.graph.subscribers import Subscription
from tests.servers.microsoft.graph.zones import moment
from tests.servers.microsoft.world import World

LONGEST = timedelta(minutes=10_080)
SHORTEST = timedelta(minutes=45)
SETTABLE = frozenset(
    {
        "changeType",
        "notificationUrl",
        "lifecycleNotificationUrl",
        "resource",
        "expirationDateTime",
        "clientState",
        "latestSupportedTlsVersion",
        "includeResourceData",
    }
)


async def create(world: World, call: Call) -> Answer:
    """``POST /subscriptions``: answered only once the notification URL has echoed a token."""
    body = call.body()
    _check(body, SETTABLE, ("changeType", "notificationUrl", "resource", "expirationDateTime"))
    kinds = frozenset(body["changeType"].split(","))
    if not kinds or kinds - {"created", "updated", "deleted"}:
        raise bad_request(f"Unsupported changeType '{body['changeType']}'.", "InvalidRequest")
    if body.get("includeResourceData"):
        raise bad_request("An encryptionCertificate is required to include resource data.", "InvalidRequest")
    if len(body.get("clientState") or "") > 128:
        raise bad_request("clientState is longer than 128 characters.", "InvalidRequest")
    _check_resource(body["resource"], call)
    expires = _expiry(body["expirationDateTime"], world.clock.now())
    urls = [body["notificationUrl"], body.get("lifecycleNotificationUrl")]
    for url in filter(None, urls):
        await _shake_hands(world, url)
    made = Subscription(
        new_event_id(),
        call.account.id,
        call.access.grant.client_id,
        body["resource"],
        kinds,
        body["notificationUrl"],
        body.get("lifecycleNotificationUrl"),
        body.get("clientState"),
        expires,
        call.immutable,
    )
    world.subscriptions[made.id] = made
    return _one(world, made, 201)


async def list_all(world: World, call: Call) -> Answer:
    """``GET /subscriptions``."""
    values = [it.as_json() for it in world.subscriptions.values() if _own(it, call) and world.clock.now() < it.expires]
    context = f"{world.base}/v1.0/$metadata#subscriptions"
    return Answer(200, {"@odata.context": context, "value": values}, "subscription")


async def get(world: World, call: Call) -> Answer:
    """``GET /subscriptions/{id}``."""
    return _one(world, _find(world, call), 200)


async def update(world: World, call: Call) -> Answer:
    """``PATCH /subscriptions/{id}``: a longer life, or another address, which is asked again."""
    found, body = _find(world, call), call.body()
    _check(body, frozenset({"expirationDateTime", "notificationUrl"}), ())
    expires = _expiry(body["expirationDateTime"], world.clock.now()) if "expirationDateTime" in body else found.expires
    if "notificationUrl" in body:
        await _shake_hands(world, body["notificationUrl"])
        found.url = body["notificationUrl"]
    found.expires, found.silent = expires, False
    return _one(world, found, 200)


async def reauthorize(world: World, call: Call) -> Answer:
    """``POST /subscriptions/{id}/reauthorize``: go on after ``reauthorizationRequired``."""
    _find(world, call).silent = False
    return Answer(204)


async def delete(world: World, call: Call) -> Answer:
    """``DELETE /subscriptions/{id}``."""
    del world.subscriptions[_find(world, call).id]
    return Answer(204)


async def _shake_hands(world: World, url: str) -> None:
    if not url.startswith("https://"):
        raise bad_request("The notification URL must be an https address.", "InvalidRequest")
    if problem := await world.notifier.validate(url):
        raise bad_request(f"Subscription validation request failed. {problem}", "ValidationError")


def _check(body: Mapping[str, Any], settable: frozenset[str], needed: tuple[str, ...]) -> None:
    if unknown := set(body) - settable:
        raise bad_request(f"Property cannot be set: {', '.join(sorted(unknown))}.", "InvalidRequest")
    for name in needed:
        if not body.get(name):
            raise bad_request(f"The property '{name}' is required.", "InvalidRequest")


def _check_resource(resource: str, call: Call) -> None:
    place = resource.removeprefix("/").lower()
    own = {"me/events", *(f"users/{name}/events" for name in (call.account.id, call.account.address))}
    if place not in own:
        raise bad_request(f"Resource '{resource}' is not supported.", "ExtensionError")


def _expiry(text: str, now: datetime) -> datetime:
    """Read an expiry: not in the past, not too far ahead, and what is too near becomes 45 minutes."""
    wanted = moment(text)
    if wanted <= now:
        raise bad_request("Subscription expiration must be in the future.", "InvalidRequest")
    if wanted > now + LONGEST + timedelta(seconds=30):
        minutes = int(LONGEST.total_seconds() // 60)
        raise bad_request(f"Subscription expiration can only be {minutes} minutes in the future.", "ExtensionError")
    return max(wanted, now + SHORTEST)


def _find(world: World, call: Call) -> Subscription:
    found = world.subscriptions.get(call.names["subscription"])
    if found is None or not _own(found, call) or found.expires <= world.clock.now():
        raise missing()
    return found


def _own(subscription: Subscription, call: Call) -> bool:
    return (subscription.account, subscription.client_id) == (call.account.id, call.access.grant.client_id)


def _one(world: World, subscription: Subscription, status: int) -> Answer:
    context = f"{world.base}/v1.0/$metadata#subscriptions/$entity"
    return Answer(status, {"@odata.context": context, **subscription.as_json()}, "subscription")
