"""Which delegated scopes allow which operation: the least privileged first, then those that include it.

Each line follows the table "Permissions" on the operation's own page of the Graph reference (v1.0), for work and school
accounts. Some pages are surprising and followed all the same: delta names ``Calendars.Read`` as least and still accepts
``Calendars.ReadBasic``.
"""

from __future__ import annotations

from tests.servers.microsoft.directory import OIDC

_BASIC = ("Calendars.ReadBasic", "Calendars.Read", "Calendars.ReadWrite")
_READ = ("Calendars.Read", "Calendars.ReadWrite")
_WRITE = ("Calendars.ReadWrite",)
_MAIL = ("Mail.ReadBasic", "Mail.Read", "Mail.ReadWrite")

ALLOWED: dict[str, tuple[str, ...]] = {
    "user.get": ("User.Read", "User.ReadWrite", "User.ReadBasic.All", "User.Read.All"),
    "mailboxSettings.get": ("MailboxSettings.Read", "MailboxSettings.ReadWrite"),
    "calendar.list": _BASIC,
    "calendar.get": _BASIC,
    "calendar.create": _WRITE,
    "calendar.delete": _WRITE,
    "calendar.getSchedule": _BASIC,
    "event.list": _BASIC,
    "event.get": _BASIC,
    "event.create": _WRITE,
    "event.update": _WRITE,
    "event.delete": _WRITE,
    "event.cancel": _WRITE,
    "event.accept": _WRITE,
    "event.decline": _WRITE,
    "event.tentativelyAccept": _WRITE,
    "calendarView.list": _BASIC,
    "calendarView.delta": ("Calendars.Read", "Calendars.ReadBasic", "Calendars.ReadWrite"),
    "subscription.create": _READ,
    "subscription.list": _READ,
    "subscription.get": _READ,
    "subscription.update": _READ,
    "subscription.delete": _READ,
    "subscription.reauthorize": _READ,
    "user.sendMail": ("Mail.Send",),
    "message.list": _MAIL,
    "message.get": _MAIL,
}

KNOWN = OIDC | {scope for scopes in ALLOWED.values() for scope in scopes} | {"Calendars.Read.Shared", "Contacts.Read"}
"""Every scope that the identity platform has heard of here."""

WITHOUT_CONTENT = frozenset({"body", "bodyPreview", "attachments", "extensions", "singleValueExtendedProperties"})
"""What ``Calendars.ReadBasic`` keeps back, by its entry in the permissions reference."""


def allows(operation: str, granted: frozenset[str]) -> bool:
    """Say whether any of the scopes will do."""
    return not granted.isdisjoint(ALLOWED[operation])


def basic_only(granted: frozenset[str]) -> bool:
    """Say whether content of events is to be kept back."""
    return granted.isdisjoint(_READ)
