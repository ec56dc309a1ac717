"""A calendar on a server that says what it is told to, with tokens that nobody asked Microsoft for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.clock import RehearsalClock
from agent.core.whereabouts import Whereabouts
from connectors.microsoft.application import Application
from connectors.microsoft.calendar import GraphCalendar
from connectors.microsoft.changes import Changes
from connectors.microsoft.http import Graph
from connectors.microsoft.settings import MicrosoftCalendarSettings, MicrosoftClientSettings
from tests.connectors.microsoft.keeping import MemoryKeep
from tests.connectors.microsoft.owner import MARK, NOW
from tests.contract.owners import ADDRESS, UID, ZONE
from tests.servers.scripted import Reply, ScriptedServer

TOKEN = "a-secret-token"
REVISION = MARK.replace("AttuneMeeting", "AttuneRevision")


@dataclass
class FixedTokens:
    """Tokens one after the other; ``given`` counts them."""

    given: int = 1
    broke: list[int] = field(default_factory=list)

    def access(self) -> str:
        return f"{TOKEN}-{self.given}"

    def renewed(self, refused: str) -> str:
        self.given += 1
        return self.access()

    def broken(self) -> None:
        self.broke.append(self.given)


def scripted_graph(server: ScriptedServer, tokens: FixedTokens | None = None) -> Graph:
    """Graph at a scripted server, which speaks no TLS."""
    settings = MicrosoftClientSettings(client_id="client").model_copy(
        update={"graph": f"http://127.0.0.1:{server.port}/v1.0"}
    )
    return Graph(Application(settings, Path()), tokens or FixedTokens(), ADDRESS, RehearsalClock(NOW))


def scripted_calendar(server: ScriptedServer, tokens: FixedTokens | None = None, **settings: Any) -> GraphCalendar:
    """A calendar there."""
    found = GraphCalendar(
        MicrosoftCalendarSettings.model_validate({"kind": "microsoft", "book": True} | settings),
        MicrosoftClientSettings(client_id="client"),
        MemoryKeep(),
        home=Path(),
        where=Whereabouts(ZONE),
        owner=ADDRESS,
        clock=RehearsalClock(NOW),
    )
    found._graph = scripted_graph(server, tokens)
    found._changes = Changes(found._graph, RehearsalClock(NOW))
    return found


def said(body: object, status: int = 200, **headers: str) -> Reply:
    """JSON as Graph says it."""
    return Reply(status, json.dumps(body).encode(), headers)


def refused(status: int, code: str = "", **headers: str) -> Reply:
    """An error as Graph says it; its sentence quotes what is private."""
    message = "The event 'private title' of someone-private cannot be read."
    return said({"error": {"code": code, "message": message}}, status, **headers)


def event(**more: Any) -> dict[str, Any]:
    """Our event as Graph gives it."""
    return {
        "@odata.etag": 'W/"one"',
        "id": "AAMk-one=",
        "createdDateTime": "2027-02-01T09:00:00.0000000Z",
        "start": {"dateTime": "2027-03-01T10:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2027-03-01T10:45:00.0000000", "timeZone": "UTC"},
        "showAs": "busy",
        "isAllDay": False,
        "isCancelled": False,
        "isOrganizer": True,
        "responseStatus": {"response": "organizer", "time": "0001-01-01T00:00:00Z"},
        "originalStartTimeZone": "UTC",
        "singleValueExtendedProperties": [{"id": MARK, "value": UID}, {"id": REVISION, "value": "0"}],
    } | more


def page(*events: dict[str, Any], **more: Any) -> Reply:
    """A collection."""
    return said({"value": list(events), **more})
