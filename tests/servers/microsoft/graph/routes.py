"""Every operation there is: method, path, what it may be asked, and who answers.

``me`` may also be written ``users/{id or address}``; words of a path may be written in any case.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from tests.servers.microsoft.graph import calendars, events, mail, people, schedule, subscriptions, views
from tests.servers.microsoft.graph.call import Answer, Call
from tests.servers.microsoft.graph.errors import GraphError, bad_request
from tests.servers.microsoft.world import World

Handler = Callable[[World, Call], Awaitable[Answer]]

ONE = frozenset({"$select", "$expand"})
MANY = ONE | {"$filter", "$top", "$skip", "$orderby", "$count"}
WINDOW = frozenset({"startdatetime", "enddatetime"})
NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Operation:
    """One operation. ``takes`` is the type of its body (``event``), its action (``event.cancel``), or nothing."""

    name: str
    method: str
    path: str
    handler: Handler
    query: frozenset[str] = NONE
    takes: str = ""

    @property
    def writes(self) -> bool:
        """Say whether it changes anything."""
        return self.method != "GET" and self.name != "calendar.getSchedule"


def _event_operations(place: str) -> list[Operation]:
    """What can be done with the events of a calendar, or of the mailbox."""
    one = f"{place}/events/{{event}}"
    return [
        Operation("event.list", "GET", f"{place}/events", events.list_all, MANY),
        Operation("event.create", "POST", f"{place}/events", events.create, NONE, "event"),
        Operation("event.get", "GET", one, events.get, ONE),
        Operation("event.update", "PATCH", one, events.update, NONE, "event"),
        Operation("event.delete", "DELETE", one, events.delete),
        Operation("event.cancel", "POST", f"{one}/cancel", events.cancel, NONE, "event.cancel"),
        Operation("event.accept", "POST", f"{one}/accept", events.accept, NONE, "event.accept"),
        Operation("event.decline", "POST", f"{one}/decline", events.decline, NONE, "event.decline"),
        Operation(
            "event.tentativelyAccept", "POST", f"{one}/tentativelyAccept", events.tentatively_accept, NONE,
            "event.tentativelyAccept",
        ),
        Operation("calendarView.list", "GET", f"{place}/calendarView", views.list_view, MANY | WINDOW),
        Operation(
            "calendarView.delta", "GET", f"{place}/calendarView/delta", views.delta,
            WINDOW | {"$deltatoken", "$skiptoken"},
        ),
    ]  # fmt: skip


OPERATIONS = [
    Operation("user.get", "GET", "me", people.get, frozenset({"$select"})),
    Operation("mailboxSettings.get", "GET", "me/mailboxSettings", people.mailbox_settings, frozenset({"$select"})),
    *_event_operations("me"),
    *_event_operations("me/calendar"),
    *_event_operations("me/calendars/{calendar}"),
    Operation("calendar.list", "GET", "me/calendars", calendars.list_all, MANY),
    Operation("calendar.create", "POST", "me/calendars", calendars.create, NONE, "calendar"),
    Operation("calendar.get", "GET", "me/calendar", calendars.get, ONE),
    Operation("calendar.get", "GET", "me/calendars/{calendar}", calendars.get, ONE),
    Operation("calendar.delete", "DELETE", "me/calendars/{calendar}", calendars.delete),
    Operation(
        "calendar.getSchedule", "POST", "me/calendar/getSchedule", schedule.get_schedule, NONE, "calendar.getSchedule"
    ),
    Operation("user.sendMail", "POST", "me/sendMail", mail.send, NONE, "user.sendMail"),
    Operation("message.list", "GET", "me/messages", mail.list_messages, MANY),
    Operation("message.list", "GET", "me/mailFolders/{folder}/messages", mail.list_messages, MANY),
    Operation("message.get", "GET", "me/messages/{message}", mail.get_message, ONE),
    Operation("subscription.create", "POST", "subscriptions", subscriptions.create, NONE, "subscription"),
    Operation("subscription.list", "GET", "subscriptions", subscriptions.list_all),
    Operation("subscription.get", "GET", "subscriptions/{subscription}", subscriptions.get),
    Operation(
        "subscription.update", "PATCH", "subscriptions/{subscription}", subscriptions.update, NONE, "subscription"
    ),
    Operation("subscription.delete", "DELETE", "subscriptions/{subscription}", subscriptions.delete),
    Operation(
        "subscription.reauthorize", "POST", "subscriptions/{subscription}/reauthorize", subscriptions.reauthorize
    ),
]

USER = re.compile(r"users/([^/]+)(?=/|$)", re.IGNORECASE)


def find(method: str, path: str, own_names: frozenset[str]) -> tuple[Operation, Mapping[str, str]]:
    """Find the operation that is meant, with the names in its path; others' mailboxes are closed."""
    place = path.removeprefix("/v1.0").strip("/")
    if (found := USER.match(place)) and found[1].lower() not in own_names:
        raise GraphError(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
    words = USER.sub("me", place, count=1).split("/")
    fitting = [(it, names) for it in OPERATIONS if (names := _names(it.path.split("/"), words)) is not None]
    if not fitting:
        raise bad_request(f"Resource not found for the segment '{words[-1]}'.")
    for operation, names in fitting:
        if operation.method == method:
            return operation, names
    raise GraphError(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")


def _names(pattern: list[str], words: list[str]) -> Mapping[str, str] | None:
    if len(pattern) != len(words):
        return None
    names: dict[str, str] = {}
    for part, word in zip(pattern, words, strict=True):
        if part.startswith("{"):
            names[part.strip("{}")] = word
        elif part.lower() != word.lower():
            return None
    return names
