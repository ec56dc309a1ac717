"""Calendar API v3, ``events.watch`` and ``channels.stop``: "Push notifications" in the Calendar API guides.

Google delivers to HTTPS only; the double also to this machine itself without.
"""

from __future__ import annotations

import re
from hashlib import sha256
from urllib.parse import urlsplit

import httpx

from tests.servers.google.asking import Ask, handles
from tests.servers.google.changing import announce, resource_uri
from tests.servers.google.documents import Json
from tests.servers.google.errors import invalid, not_found, required
from tests.servers.google.world import Channel, World

NAME = re.compile(r"[A-Za-z0-9\-_+/=]{1,64}")
LONGEST = 7 * 86400
HERE = frozenset({"127.0.0.1", "localhost"})


@handles("calendar.events.watch")
def watch(ask: Ask) -> Json:
    calendar, body = ask.calendar("reader"), ask.body
    for name in ("id", "type", "address"):
        if not body.get(name):
            raise required(name)
    ask.refuse_read_only()
    _check(ask.world, body)
    channel = Channel(
        id=body["id"],
        resource_id=sha256(f"events {calendar.id}".encode()).hexdigest()[:27],
        calendar=calendar.id,
        account=ask.account.email,
        client=ask.client,
        address=body["address"],
        token=body.get("token"),
        expires=_expiry(ask.world, body),
    )
    ask.world.channels.append(channel)
    announce(ask.world, channel, "sync")
    answer = {
        "kind": "api#channel",
        "id": channel.id,
        "resourceId": channel.resource_id,
        "resourceUri": resource_uri(calendar.id),
        "expiration": str(int(channel.expires * 1000)),
    }
    return answer | ({"token": channel.token} if channel.token is not None else {})


@handles("calendar.channels.stop")
def stop(ask: Ask) -> None:
    """Stop a channel; only whoever made it can."""
    for name in ("id", "resourceId"):
        if not ask.body.get(name):
            raise required(name)
    for channel in ask.world.channels:
        known = (channel.id, channel.resource_id, channel.account, channel.client)
        if known == (ask.body["id"], ask.body["resourceId"], ask.account.email, ask.client):
            ask.world.channels.remove(channel)
            return
    raise not_found()


def _check(world: World, body: Json) -> None:
    if not NAME.fullmatch(body["id"]):
        raise invalid("Invalid channel id.", "id", "channelIdInvalid", "global")
    if body["type"] not in {"web_hook", "webhook"}:
        raise invalid("Unknown channel type.", "type", "channelUnknown", "global")
    if any(channel.id == body["id"] for channel in world.channels):
        raise invalid("Channel id not unique", "id", "channelIdNotUnique", "push")
    if len(body.get("token") or "") > 256:
        raise invalid("A channel's token has at most 256 characters.", "token")
    address = urlsplit(body["address"])
    if address.scheme != "https" and address.hostname not in HERE:
        raise invalid(f"WebHook callback must be HTTPS: {body['address']}", reason="push.webhookUrlNotHttps")


def _expiry(world: World, body: Json) -> float:
    """Take the time that was asked for, by itself or as seconds from now, and at most a week."""
    latest = world.now() + LONGEST
    ttl = (body.get("params") or {}).get("ttl")
    if ttl is not None:
        if not str(ttl).isdecimal():
            raise invalid("Invalid ttl.", "params.ttl")
        return min(latest, world.now() + int(ttl))
    if body.get("expiration") is None:
        return latest
    wanted = int(body["expiration"]) / 1000
    if wanted <= world.now():
        raise invalid("Channel expiration is in the past.", "expiration", "channelExpirationInvalid")
    return min(latest, wanted)


async def deliver(world: World) -> None:
    """Hand all waiting messages over, in order, and keep what came of each. No certificate is checked."""
    if not world.pushes:
        return
    async with httpx.AsyncClient(verify=False, timeout=5) as client:  # noqa: S501 - a test's own certificate
        while world.pushes:
            address, headers = world.pushes.pop(0)
            try:
                status = (await client.post(address, headers=headers)).status_code
            except httpx.HTTPError as error:
                status = 0
                headers = {**headers, "error": type(error).__name__}
            world.pushed.append({"address": address, "status": status, **headers})
