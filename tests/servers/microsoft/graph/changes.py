"""Changes of events, as a mailbox keeps them and as subscribers hear of them."""

from __future__ import annotations

from datetime import datetime

from tests.servers.microsoft.graph.mailboxes import Event, Mailbox
from tests.servers.microsoft.graph.subscribers import Subscription, notification
from tests.servers.microsoft.world import World


def keep(world: World, mailbox: Mailbox, event: Event) -> None:
    """Add an event, or note that it was changed."""
    kind = "updated" if event.id in mailbox.events else "created"
    now = world.clock.now()
    mailbox.keep(event, now, now + world.lags.index)
    _tell(world, mailbox, event, kind)


def begin(world: World, mailbox: Mailbox, event: Event) -> None:
    """Say that an event is about to change: lists may show its former state for a while."""
    now = world.clock.now()
    mailbox.before_change(event, now, now + world.lags.index)


def remove(world: World, mailbox: Mailbox, event: Event) -> None:
    """Delete an event."""
    now = world.clock.now()
    mailbox.remove(event, now, now + world.lags.index)
    _tell(world, mailbox, event, "deleted")


def _tell(world: World, mailbox: Mailbox, event: Event, kind: str) -> None:
    for subscription in world.subscriptions.values():
        if _concerns(subscription, mailbox, kind, world.clock.now()):
            world.outbox.append((subscription.url, notification(subscription, mailbox.account, event, kind)))


def _concerns(subscription: Subscription, mailbox: Mailbox, kind: str, now: datetime) -> bool:
    if subscription.account != mailbox.account.id or subscription.silent:
        return False
    return kind in subscription.change_types and now < subscription.expires
