"""One request to Graph and its answer, whether it came by itself or within a batch."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from tests.servers.microsoft.directory import Account
from tests.servers.microsoft.graph.errors import GraphError, bad_request, unread_body
from tests.servers.microsoft.graph.mailboxes import Mailbox
from tests.servers.microsoft.graph.zones import zone
from tests.servers.microsoft.identity.grants import Access

PREFERENCE = re.compile(r'\s*([A-Za-z.-]+)(?:\s*=\s*"?([^",]*)"?)?\s*(?:,|$)')


@dataclass(frozen=True)
class Answer:
    """What is sent back; ``kind`` names the type that the body, or each of its values, is held against."""

    status: int
    body: Any = None
    kind: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A request whose sender is known. ``names`` are the words in the path that name something."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    raw: bytes
    access: Access
    account: Account
    mailbox: Mailbox
    names: Mapping[str, str] = field(default_factory=dict)

    def parameter(self, name: str) -> str | None:
        """Give a query parameter; their names may be written in any case."""
        return next((value for key, value in self.query if key.lower() == name.lower()), None)

    def check_parameters(self, allowed: frozenset[str]) -> None:
        """Refuse what this operation does not know, or is told twice."""
        names = [name.lower() for name, _ in self.query]
        for name in names:
            if name not in allowed:
                raise bad_request(f"The query parameter '{name}' is not supported for this request.")
            if names.count(name) > 1:
                raise bad_request(f"Query option '{name}' was specified more than once, but it must be at most once.")

    @cached_property
    def preferences(self) -> dict[str, str]:
        """Read the ``Prefer`` headers."""
        found = PREFERENCE.findall(self.headers.get("prefer", ""))
        return {name.lower(): value for name, value in found}

    @property
    def zone_name(self) -> str:
        """The zone in which times are to be given."""
        return self.preferences.get("outlook.timezone") or "UTC"

    @property
    def zone(self) -> ZoneInfo:
        """That zone itself; one that is not known is refused."""
        return zone(self.zone_name)

    @property
    def immutable(self) -> bool:
        """Say whether ids are to be given in the form that survives moves."""
        return self.preferences.get("idtype", "").lower() == "immutableid"

    @property
    def as_text(self) -> bool:
        """Say whether bodies are to be given as text."""
        return self.preferences.get("outlook.body-content-type") == "text"

    def applied(self) -> dict[str, str]:
        """Give the header that says which preferences were kept."""
        kept = []
        if "outlook.timezone" in self.preferences:
            kept.append(f'outlook.timezone="{self.zone_name}"')
        if self.immutable:
            kept.append('IdType="ImmutableId"')
        if self.as_text:
            kept.append('outlook.body-content-type="text"')
        if "odata.maxpagesize" in self.preferences:
            kept.append(f"odata.maxpagesize={self.preferences['odata.maxpagesize']}")
        return {"Preference-Applied": ", ".join(kept)} if kept else {}

    def body(self) -> dict[str, Any]:
        """Read the body as a JSON object."""
        if not self.headers.get("content-type", "").startswith("application/json"):
            raise GraphError(
                415, "RequestBodyRead", "A supported MIME type could not be found that matches the content type."
            )
        try:
            found = json.loads(self.raw)
        except ValueError:
            raise unread_body("Unable to read JSON request payload. Please ensure it is well formed.") from None
        if not isinstance(found, dict):
            raise unread_body("Empty Payload. JSON content expected.")
        return found
