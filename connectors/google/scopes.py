"""What Google lets a person allow, by its own names, and what each is good for."""

from __future__ import annotations

from typing import Final

_AUTH: Final = "https://www.googleapis.com/auth/"

OPENID: Final = "openid"
EMAIL: Final = "email"
FREE_BUSY: Final = f"{_AUTH}calendar.freebusy"
APP_CREATED: Final = f"{_AUTH}calendar.app.created"
CALENDAR_READ: Final = f"{_AUTH}calendar.readonly"
SEND_MAIL: Final = f"{_AUTH}gmail.send"

DEFAULT: Final = frozenset({OPENID, EMAIL, FREE_BUSY, APP_CREATED})
"""When somebody is busy, and a calendar of our own."""

RICHER: Final = {
    CALENDAR_READ: "tells invitations you have not answered from meetings you have accepted: those only make a time "
    "less good instead of impossible, and your working location and what you declined take no time at all",
    SEND_MAIL: "lets Attune's mails to others leave from your own address",
}
"""Why a person might want to allow more, one by one."""

_SAME = {EMAIL: f"{_AUTH}userinfo.email", "profile": f"{_AUTH}userinfo.profile"}
"""Short names that Google answers in full."""

_DETAILED = {CALENDAR_READ, f"{_AUTH}calendar", f"{_AUTH}calendar.events", f"{_AUTH}calendar.events.readonly"}
_OWN = {APP_CREATED, f"{_AUTH}calendar"}


def granted(asked: frozenset[str], answer: str) -> frozenset[str]:
    """Give what an answer of the token endpoint allows, in the names that were asked for."""
    said = set(answer.split())
    short = {full: name for name, full in _SAME.items() if name in asked}
    return frozenset(short.get(scope, scope) for scope in said)


def shows_details(scopes: frozenset[str]) -> bool:
    """Whether events themselves may be read, and not just when somebody is busy."""
    return bool(scopes & _DETAILED)


def takes_events(scopes: frozenset[str]) -> bool:
    """Whether a calendar of our own may be made and written to."""
    return bool(scopes & _OWN)
